"""What diag promised each action: the timeout its newest change set, and since when, by the journal."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from analysis.production.cut_off_by_hour import hours_cut
from analysis.production.hourly_counts import BucketCounts, HourCounts
from analysis.production.promise_watch import WatchState, watch
from analysis.verdicts.evidence_to_set import GRADES_TO_LOWER
from diag.changes.journal.journal_line import JournalLine, latest_by_entry
from diag.changes.plans.plan import OrgIdentity
from diag.changes.undo_plan import made_in, wrote

ACCEPTED: Final = 0.01
"""Where nothing else was promised, at most this share may be cut off: numbers are made from p99."""
_LEAST: Final = 0.0001
_MOST: Final = 0.5


@dataclass(frozen=True, slots=True)
class Promise:
    """The newest change of an action: `line` is the last of its journal entry."""

    line: JournalLine

    @property
    def accepted(self) -> float:
        """Return the share (0..1) that was promised not to be exceeded."""
        promised = self.line.promised_share
        return ACCEPTED if promised is None else min(max(promised, _LEAST), _MOST)

    @property
    def percentile(self) -> float:
        """Return the percentile the number was made at (0.5 to 0.9999)."""
        made_at = self.line.percentile
        return 1.0 - ACCEPTED if made_at is None else min(max(made_at, 1.0 - _MOST), 1.0 - _LEAST)

    @property
    def timeout_s(self) -> int:
        """Return the timeout that was set, seconds."""
        return self.line.after_timeout_s

    @property
    def undo_helps(self) -> bool:
        """Whether the change made the timeout shorter, so that taking it back cuts fewer executions off."""
        return self.line.before_timeout_s > self.line.after_timeout_s


def promises_of(lines: Sequence[JournalLine], org: OrgIdentity) -> tuple[Promise, ...]:
    """Return one promise per action of `org` that diag has changed, in the order of the journal.

    A change without a result counts: it may have taken effect, and the org's timeout tells. A change that was
    taken back promises nothing, nor does an action that was created.
    """
    newest: dict[str, JournalLine] = {}
    for line in latest_by_entry(lines).values():
        if made_in(line, org) and wrote(line) and not line.creates:
            newest.pop(line.action_id, None)
            newest[line.action_id] = line
    return tuple(Promise(line) for line in newest.values() if line.undoes is None)


@dataclass(frozen=True, slots=True)
class SetLately:
    """A promise of these days, seen over time, and what production says of it since."""

    promise: Promise
    state: WatchState

    @property
    def holds(self) -> bool:
        """Whether nothing since speaks against it."""
        return self.state.broken_at is None


def set_lately(
    promises: Sequence[Promise],
    since: float,
    percentile_of: Callable[[str], float],
    counts: Mapping[str, BucketCounts],
) -> dict[str, SetLately]:
    """Return, by action id, what diag set since then (Unix seconds), whoever measured it: production, a
    campaign or a run.

    Only what was seen over time (A or B), or else calls are what is lacking; and only at the percentile that
    is asked for now, of each action by its id: another one is another question. `counts`: what production did
    since each change."""
    lately = (
        one
        for one in promises
        if one.line.at >= since
        and one.line.promised_share is not None
        and _was_seen_over_time(one.line)
        and math.isclose(one.percentile, percentile_of(one.line.action_id))
    )
    found = {}
    for one in lately:
        seen = counts.get(one.line.action_id)
        found[one.line.action_id] = SetLately(
            one, state_of(one, counts_of_promise(one, () if seen is None else seen.hours))
        )
    return found


def _was_seen_over_time(line: JournalLine) -> bool:
    """An older diag kept no grade; what it set by production was settled there."""
    return line.grade in GRADES_TO_LOWER or (line.grade is None and not line.run_ids)


def counts_of_promise(promise: Promise, hours: Iterable[HourCounts]) -> BucketCounts:
    """Return what these hours since the change say of a promise: those with another timeout say nothing."""
    of_it = tuple(hour for hour in hours if len(hour.below) == promise.timeout_s)
    return BucketCounts(promise.line.action_id, of_it)


def state_of(promise: Promise, counts: BucketCounts) -> WatchState:
    """Return whether a promise is kept by its counts (`counts_of_promise`)."""
    return watch(hours_cut(counts), WatchState(promise.accepted))
