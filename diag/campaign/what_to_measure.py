"""Before the first call: what production has answered already, what is left to measure, and at what cost.

Of each action in scope it is said why it is called, or why not; nothing is left out in silence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from analysis.format.action_facts import ProductionWeek
from analysis.format.sample_schema import InputOrigin
from analysis.format.timeout_limits import DEFAULT_TIMEOUT_S
from analysis.moment_words import at
from analysis.number_words import duration, percent, plural
from analysis.recommend_settings import RecommendSettings, with_overrides
from analysis.stopping.when_settled import planned_calls
from analysis.verdicts.evidence_to_set import GRADES_TO_LOWER
from analysis.verdicts.recommendation import Recommendation, Verdict
from analysis.verdicts.sentences.why_not_set import objection_to
from diag.campaign.campaign import SHORTEST_S, Budget, Campaign, ScopedAction, allowed_s, windows_for
from diag.campaign.saved import NotCalled
from diag.choice.choose_actions import Candidate, choose, entries_by_action
from diag.choice.make_inputs import with_inputs
from diag.errors import UsageError
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action
from diag.production.observed import Observed
from diag.production.own_calls_to_subtract import OwnCalls
from diag.production.production_evidence import ProductionEvidence
from diag.production.promises.what_was_promised import SetLately
from diag.workload.share_of_org_limits import OrgLimits
from diag.workload.workload import Workload

SANDBOX_BUDGET: Final = Budget(calls_per_s=100.0, in_flight=1000)
ANSWERS: Final = (Verdict.OK, Verdict.RAISE, Verdict.LOWER, Verdict.OVER_CAP_USE_ASYNC)
NONE_SET: Final[Mapping[str, SetLately]] = {}
NONE_OWN: Final[Mapping[float, int]] = {}
NO_WORKLOAD: Final = "there is no workload, which says what may be called and with what"


@dataclass(frozen=True, slots=True)
class TuneScope:
    """What is asked about: the configurable actions of the org that were meant, and the workload to call them
    by.

    `workload` is None on an org where none was written: then nothing may be called. `where` names it."""

    inventory: tuple[Action, ...]
    """All of the org, by which the workload's names are understood."""
    actions: tuple[Action, ...]
    workload: Workload | None
    where: str | None
    as_org: bool

    def percentile_of(self, rules: RecommendSettings) -> Callable[[str], float]:
        """Return at which percentile an action, by its id, is asked for: by these rules, or as its entry in
        the workload says. Raises UsageError for an entry that means no action."""
        entries = entries_by_action(self.workload or Workload(), self.inventory, self.where)
        own = {action_id: entry.recommend for (action_id, _), entry in reversed(entries.items())}
        return lambda action_id: with_overrides(rules, own.get(action_id, {})).percentile


@dataclass(frozen=True, slots=True)
class ToMeasure:
    """One action to call, and why: what production lacks."""

    action: ScopedAction
    why: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was found before the first call."""

    to_measure: tuple[ToMeasure, ...]
    not_called: tuple[NotCalled, ...]
    stated_weeks: Mapping[str, ProductionWeek] = field(default_factory=dict)
    """When production calls those to measure, by id, as the workload states it."""

    @property
    def actions(self) -> tuple[ScopedAction, ...]:
        """Return the actions to call."""
        return tuple(one.action for one in self.to_measure)


def prepare(
    client: GenesysClient,
    scope: TuneScope,
    production: ProductionEvidence,
    own: OwnCalls,
    lately: Mapping[str, SetLately] = NONE_SET,
) -> Prepared:
    """Return which actions are to be measured; `own`: the calls that diag made of them itself; `lately`:
    by id, what diag has set of them lately.

    Raises UsageError for a workload that names what is not there, or gives inputs that do not fit; ApiError
    where the org cannot be read."""
    judged = {row.action_id: row for row in production.analysis.actions}
    settled = [
        NotCalled(action.id, action.name, f"production: {judged[action.id].reason}", True)
        for action in scope.actions
        if action.id in judged and is_answered(judged[action.id])
    ]
    settled += [
        NotCalled(action.id, action.name, f"set to {action.timeout_s} s", True, set_by_diag=True)
        for action in scope.actions
        if _stands(action, lately) and not (action.id in judged and _is_decided(judged[action.id]))
    ]
    hidden = [
        NotCalled(
            action.id,
            action.name,
            f"only a probe sees beyond its timeout: {judged[action.id].next_command}",
            False,
        )
        for action in scope.actions
        if action.id in judged and is_hidden(judged[action.id])
    ]
    answered = {one.action_id for one in (*settled, *hidden)}
    whys = {**_whys(production, judged), **whys_of_broken(lately)}
    still_open = [action for action in scope.actions if action.id not in answered]
    kept, refused = _callable(client, scope, still_open)
    return Prepared(
        tuple(
            ToMeasure(
                _scoped(each, production.observed.get(each.action.id), own.get(each.action.id, NONE_OWN)),
                whys.get(each.action.id, "production was not read"),
            )
            for each in kept
        ),
        (*settled, *hidden, *refused),
        {each.action.id: each.entry.production_week for each in kept if each.entry.production_week},
    )


def _stands(action: Action, lately: Mapping[str, SetLately]) -> bool:
    """Whether what diag set is in force and holds: calls would show what it was set by, and `diag watch` says
    when it holds no more."""
    one = lately.get(action.id)
    return one is not None and one.promise.timeout_s == action.timeout_s and one.holds


def whys_of_broken(lately: Mapping[str, SetLately]) -> dict[str, str]:
    """Return why those are called of which production says that they do not hold, by the hours that prove
    it: all hours together may have kept the promise."""
    return {
        action_id: f"production: the {one.promise.timeout_s} s that diag set cut off more than promised, "
        f"{percent(worst.share)} of {plural(worst.executions, 'execution')} from {at(worst.since)} to "
        f"{at(until)}"
        for action_id, one in lately.items()
        if (until := one.state.broken_at) is not None and (worst := one.state.stretch) is not None
    }


def _is_decided(judged: Recommendation) -> bool:
    return is_answered(judged) or is_hidden(judged)


def is_hidden(judged: Recommendation) -> bool:
    """Return whether the timeout hides the answer, seen over time: calls of the action as it is published
    would show no more than production's do."""
    return (
        judged.verdict is Verdict.CENSORED_NEEDS_PROBE
        and judged.grade in GRADES_TO_LOWER
        and judged.next_command is not None
    )


def is_answered(judged: Recommendation) -> bool:
    """Return whether production settles an action: a number, or that none fits, seen over time (A or B)."""
    if judged.verdict not in ANSWERS or judged.grade not in GRADES_TO_LOWER:
        return False
    return judged.verdict is Verdict.OVER_CAP_USE_ASYNC or objection_to(judged) is None


def production_gap_s(observed: Observed | None, own: Mapping[float, int] = NONE_OWN) -> float | None:
    """Return the mean seconds between two executions in the hours that had any; None without one.

    `own`: our own calls by hour (its start, Unix seconds), which the platform may count among them: taken
    off, never below 0. If it does not, an action is called more rarely than production does, which is never
    too warm (docs/method.md, "The hours that matter")."""
    if observed is None:
        return None
    left = [hour.executions - own.get(hour.started_at, 0) for hour in observed.counts.hours]
    hours = [total for total in left if total > 0]
    return len(hours) * 3600.0 / sum(hours) if hours else None


def budget_of(limits: OrgLimits, workload: Workload, *, as_org: bool, lapsed: bool = False) -> Budget:
    """Return what the limits leave, by the same shares as a run's; half of it where jobs are polled, too.

    `as_org` is false for a sandbox that does not count as one; `lapsed`: its day is time-lapsed.
    """
    if not as_org:
        return _lapsed(SANDBOX_BUDGET) if lapsed else SANDBOX_BUDGET
    polled = any(entry.poll is not None for entry in workload.entries)
    most = (
        limits.in_flight if workload.max_in_flight is None else min(workload.max_in_flight, limits.in_flight)
    )
    budget = Budget(
        calls_per_s=limits.calls_per_s * (0.5 if polled else 1.0),
        in_flight=most,
        token_per_minute=limits.token_per_minute,
        concurrent_executions=limits.concurrent_executions,
    )
    return _lapsed(budget) if lapsed else budget


def _lapsed(budget: Budget) -> Budget:
    """Return the budget in a time-lapsed day: a window takes longer there than the wait for it, so there are
    as few as a lowering needs (30) with two to spare."""
    return replace(budget, fastest_gap_s=0.0125, most_windows=32)


def campaign_of(
    prepared: Prepared,
    workload: Workload,
    budget: Budget,
    rules: RecommendSettings,
    *,
    span: tuple[float, float],
    seed: int,
    weeks: Mapping[str, ProductionWeek] | None,
) -> Campaign:
    """Return the campaign over a span (Unix seconds); `weeks`: None where they could not be read.

    Raises UsageError where the hours leave less than one hour.
    """
    began_at, until = span
    allowed = allowed_s(workload.hours.stretches(began_at, until))
    if allowed < SHORTEST_S:
        raise UsageError(
            f"The allowed hours leave {duration(allowed)} of the next {duration(until - began_at)}.",
            hint="A campaign needs an hour at least: a longer --over, or more [hours] in the workload.",
        )
    fewest = planned_calls(rules)
    windows = windows_for(prepared.actions, allowed, fewest, budget)
    return Campaign(
        *(began_at, until, windows, seed, budget, prepared.actions, fewest, workload.hours),
        production_weeks=weeks,
        stated_weeks=prepared.stated_weeks,
    )


def _whys(production: ProductionEvidence, judged: Mapping[str, Recommendation]) -> dict[str, str]:
    whys = {missing.action_id: missing.why for missing in production.not_observed}
    for action_id, row in judged.items():
        held = objection_to(row) if row.verdict in ANSWERS else None
        whys[action_id] = f"production: {held or row.reason}"
    return whys


def _callable(
    client: GenesysClient, scope: TuneScope, actions: Sequence[Action]
) -> tuple[list[Candidate], list[NotCalled]]:
    ids = {action.name: action.id for action in reversed(actions)}
    if scope.workload is None:
        return [], [NotCalled(action.id, action.name, NO_WORKLOAD, False) for action in actions]
    named = {action_id for action_id, _ in entries_by_action(scope.workload, scope.inventory, scope.where)}
    refused = [
        NotCalled(action.id, action.name, f"not in {scope.where}", False)
        for action in actions
        if action.id not in named
    ]
    wanted = [action for action in actions if action.id in named]
    if not wanted:
        return [], refused
    kept, left_out = choose(
        scope.workload,
        scope.inventory,
        [action.id for action in wanted],
        where=scope.where,
        as_org=scope.as_org,
    )
    kept, without = with_inputs(client, kept, scope.workload.seed)
    refused += [
        NotCalled(ids.get(one.what, one.what), one.what, one.why, False) for one in (*left_out, *without)
    ]
    return kept, refused


def _scoped(candidate: Candidate, observed: Observed | None, own: Mapping[float, int]) -> ScopedAction:
    action = candidate.action
    return ScopedAction(
        action.id,
        action.name,
        action.timeout_s or DEFAULT_TIMEOUT_S,
        production_gap_s(observed, own),
        side_effects=(action.request_type or "").upper() != "GET",
        invented=any(payload.origin is InputOrigin.INVENTED for payload in candidate.inputs),
    )
