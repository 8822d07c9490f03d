"""Where every action stands after the windows so far, when it is asked again and again.

The newest window is read again where its files changed; those of older windows are not looked at again. An
action is judged again only where it got calls. Read anew each time, a hundred windows took a hundred times as
long as the first, and a thousand of them hours. Nothing is kept that the windows do not hold: a process that
begins anew finds the same.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.format.action_facts import ActionFacts
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import Outcome
from analysis.format.settled_file import read_settled, write_settled
from analysis.recommend_settings import RecommendSettings, with_overrides
from analysis.typed_command import Asked
from diag.campaign.campaign import Campaign
from diag.campaign.judged_together import read_windows, with_calls
from diag.campaign.standing import Sent, Standing, not_begun, standing
from diag.campaign.when_next_window import seen_from

if TYPE_CHECKING:
    from analysis.samples.action_calls import ActionCalls
    from analysis.samples.sample_set import SampleSet


def before_any_call(campaign: Campaign) -> dict[str, Standing]:
    """Return where every action stands before its first call."""
    end = seen_from(campaign)
    return {one.action_id: not_begun(one, campaign.fewest_calls, end) for one in campaign.actions}


class WindowsJudged:
    """Of one campaign, by its rules; owned by whoever carries it out or shows it."""

    def __init__(self, campaign: Campaign, settings: RecommendSettings, asked: Asked | None = None) -> None:
        self._settings = settings
        self._asked = asked
        """What next commands repeat."""
        self._before = before_any_call(campaign)
        self._planned = campaign.fewest_calls
        self._ended: SampleSet | None = None
        self._names: list[str] = []
        """The windows in `_ended`, in order."""
        self._last: _Read | None = None
        self._judged: dict[str, tuple[object, Standing]] = {}

    def standings(self, windows: Sequence[RunFolder], *, remember: bool = True) -> dict[str, Standing]:
        """Return where every action stands after these windows. Raises OSError.

        `remember`: what has a final verdict is written down in the newest window, as by a run that stops
        early, so that `recommend` knows why it has no number, whoever reads the windows later. What later
        calls took back is taken out again: it ended nothing.
        """
        samples = self._read(windows)
        if samples is None:
            return dict(self._before)
        states = self._states(samples)
        if remember:
            self._write_down(windows, states, samples)
        return {**self._before, **states}

    def _read(self, windows: Sequence[RunFolder]) -> "SampleSet | None":
        """All calls; those of the newest window anew where it went on: it may not have ended."""
        called = with_calls(windows)
        names = [window.path.name for window in called]
        if self._last is not None and self._last.is_as_it_was(called, names):
            if names == self._last.names:
                return self._last.samples
            self._ended, self._names = self._last.samples, self._last.names
        self._last = None
        if names[: len(self._names)] != self._names or len(names) <= len(self._names):
            self._ended, self._names = None, []
        new = called[len(self._names) : -1]
        if new:
            self._ended, self._names = _together(self._ended, read_windows(new)), names[:-1]
        if not called:
            return None
        newest = _files_of(called[-1])
        samples = _together(self._ended, read_windows(called[-1:]))
        if samples is not None:
            self._last = _Read(names, newest, samples)
        return samples

    def _write_down(
        self, windows: Sequence[RunFolder], states: Mapping[str, Standing], samples: "SampleSet"
    ) -> None:
        stopped = {one.action_id for one in states.values() if one.stopped}
        taken_back = samples.settled & (states.keys() - stopped)
        if taken_back:
            for window in windows:
                noted = set(read_settled(window))
                if noted & taken_back:
                    write_settled(window, noted - taken_back)
            if self._ended is not None:
                self._ended = replace(self._ended, settled=self._ended.settled - taken_back)
            self._last = None
        if new := stopped - samples.settled:
            write_settled(windows[-1], new | set(read_settled(windows[-1])))

    def _states(self, samples: "SampleSet") -> dict[str, Standing]:
        from analysis.samples.calls_of_each_action import by_action

        facts, stated = samples.facts(), samples.stated_settings()
        found = {}
        for action in by_action(samples.table):
            action_id = action.action_id
            if action_id not in self._before:
                continue
            fact = facts.get(action_id, ActionFacts(action_id))
            rests_on = (len(action.calls), action.retries, fact, stated.get(action_id, {}))
            known = self._judged.get(action_id)
            if known is None or known[0] != rests_on:
                own = with_overrides(self._settings, stated.get(action_id, {}))
                known = (rests_on, self._one(action, fact, own))
                self._judged[action_id] = known
            found[action_id] = known[1]
        return found

    def _one(self, action: "ActionCalls", fact: ActionFacts, settings: RecommendSettings) -> Standing:
        from analysis.stopping.when_settled import settled
        from analysis.verdicts.recommend import recommend_action

        state = settled(action, fact, settings, planned=self._planned)
        before, stopped = self._before[action.action_id], state.verdict is not None
        judged = recommend_action(action, fact, settings, many_looks=stopped, asked=self._asked)
        return standing(judged, state, _sent(action), settings, before=before)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of which windows, by name, and the files of the newest as they were before that."""

    names: list[str]
    newest: "_Files"
    samples: "SampleSet"

    def is_as_it_was(self, windows: Sequence[RunFolder], names: Sequence[str]) -> bool:
        """Whether these windows begin with those that were read, and the newest of them did not go on."""
        many = len(self.names)
        return names[:many] == self.names and _files_of(windows[many - 1]) == self.newest


_Files = tuple[tuple[str, int, int, int], ...]


def _files_of(window: RunFolder) -> _Files:
    """Return the files of a window as they stand: another answer where one was written to or replaced."""
    found = []
    for folder in (window.path, window.segments):
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            with suppress(FileNotFoundError):  # a load at work replaces its files
                status = file.stat()
                found.append((str(file), status.st_size, status.st_mtime_ns, status.st_ino))
    return tuple(found)


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


def _together(one: "SampleSet | None", other: "SampleSet | None") -> "SampleSet | None":
    """Both as one set; the calls of one window are none of another's."""
    from analysis.samples.sample_set import SampleSet
    from analysis.samples.table_builder import BothSides

    if one is None or other is None:
        return one or other
    builder = BothSides()
    for table in (one.table, one.direct, other.table, other.direct):
        if table is not None and len(table):
            builder.add(table)
    return SampleSet(
        builder.finish(),
        (*one.skipped, *other.skipped),
        (*one.manifests, *other.manifests),
        one.settled | other.settled,
        direct=builder.direct.finish() if builder.direct.rows else None,
        settled_directly=one.settled_directly | other.settled_directly,
    )
