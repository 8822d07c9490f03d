"""What the windows of a campaign show together: their calls, the verdicts, and where every action stands."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from analysis.errors import UnreadableSamplesError
from analysis.format.action_facts import ActionFacts
from analysis.format.run_folder import Manifest, RunFolder
from analysis.format.sample_schema import Outcome
from analysis.format.segment_reader import holds_records
from analysis.format.settled_file import read_settled, write_settled
from analysis.settings import RecommendSettings, with_overrides
from diag.campaign.campaign import Campaign
from diag.campaign.standing import Sent, Standing, not_begun, standing

if TYPE_CHECKING:
    from analysis.samples.action_calls import ActionCalls
    from analysis.samples.sample_set import SampleSet
    from diag.judged_files import RunEvidence

TOLERATED: Final = 0.1
"""Part of the windows that may have been cut short or measured late without weakening the rest."""


def before_any_call(campaign: Campaign) -> dict[str, Standing]:
    """Return where every action stands before its first call."""
    return {one.action_id: not_begun(one, campaign.fewest_calls) for one in campaign.actions}


def standings_now(
    campaign: Campaign,
    windows: Sequence[RunFolder],
    settings: RecommendSettings,
    *,
    remember: bool = True,
) -> dict[str, Standing]:
    """Return where every action stands after these windows. Raises OSError.

    `remember`: what is settled is written down in the newest window, as by a run that stops early, so that
    `recommend` takes the bound of the look that ended an action, whoever reads the windows later.
    """
    standings = before_any_call(campaign)
    samples = _read(windows, detail=False)
    if samples is None:
        return standings
    states = _states(campaign, samples, settings, standings)
    if remember:
        _write_down(windows, states)
    return {**standings, **states}


def judged_together(
    windows: Sequence[RunFolder],
    settings: RecommendSettings,
    *,
    detail: bool = False,
    source: str | None = None,
    zone: str | None = None,
) -> "RunEvidence | None":
    """Return the windows judged as one measurement; None before the first call. `detail`, `source` and `zone`
    as in `diag.judged_files.gather`."""
    from diag.judged_files import judged

    samples = _read(windows, detail=detail)
    if samples is None:
        return None
    called = [window.path for window in with_calls(windows)]
    return judged(samples, called, settings, source=source, zone=zone)


def with_calls(windows: Sequence[RunFolder]) -> tuple[RunFolder, ...]:
    """Return the windows that hold a call: one that was killed before its first, or paused, is no finding."""
    return tuple(window for window in windows if window.samples.exists() or holds_records(window))


def _read(windows: Sequence[RunFolder], *, detail: bool) -> "SampleSet | None":
    from analysis.samples.read_samples import read_samples

    called = with_calls(windows)
    if not called:
        return None
    try:
        samples = read_samples([window.path for window in called], detail=detail)
    except UnreadableSamplesError:
        return None  # not one call so far
    return replace(samples, manifests=_as_one_measurement(samples.manifests))


def _states(
    campaign: Campaign,
    samples: "SampleSet",
    settings: RecommendSettings,
    before: Mapping[str, Standing],
) -> dict[str, Standing]:
    from analysis.samples.action_calls import by_action
    from analysis.stopping.when_settled import settled
    from analysis.verdicts.recommend import recommend_action

    facts, stated = samples.facts(), samples.stated_settings()
    known = {one.action_id for one in campaign.actions}
    found = {}
    for action in by_action(samples.table):
        if action.action_id not in known:
            continue
        own = with_overrides(settings, stated.get(action.action_id, {}))
        fact = facts.get(action.action_id, ActionFacts(action.action_id))
        state = settled(action, fact, own)
        judged = recommend_action(action, fact, own, many_looks=state.settled)
        found[action.action_id] = standing(judged, state, _sent(action), own, before=before[action.action_id])
    return found


def _sent(action: "ActionCalls") -> Sent:
    calls = action.calls
    if not len(calls):
        return Sent(action.retries)
    first = int(calls.started_at.argmin())
    answered = calls.where(calls.started_at == calls.started_at[first])
    whole = answered.count(Outcome.OK, Outcome.TIMEOUT) > 0
    return Sent(
        len(calls) + action.retries,
        float(calls.started_at.max()),
        float(calls.latency_ms[first]) / 1e3 if whole else None,
    )


def _write_down(windows: Sequence[RunFolder], states: Mapping[str, Standing]) -> None:
    known = {action_id for window in windows for action_id in read_settled(window)}
    new = {one.action_id for one in states.values() if one.settled} - known
    if new:
        write_settled(windows[-1], new | set(read_settled(windows[-1])))


def _as_one_measurement(manifests: Sequence[Manifest]) -> tuple[Manifest, ...]:
    """Return the manifests as those of one measurement: few windows cut short or late do not weaken it."""
    from analysis.samples.run_weaknesses import run_weaknesses

    weak = [one.run_id for one in manifests if run_weaknesses(one)]
    if len(weak) > TOLERATED * len(manifests):
        return tuple(manifests)
    return tuple(
        replace(one, status="complete", status_reason=None, grade="WARN") if one.run_id in weak else one
        for one in manifests
    )
