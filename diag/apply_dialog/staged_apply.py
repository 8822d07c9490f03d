"""Between two stages of an apply: does production keep what the changes so far promised?

The same test as `diag watch`: here the start is known, it is the change, and the bet that begins with it
decides (the head start of `analysis/production/promise_watch.py`; its risk is 5 % for a change that cuts off
exactly what was promised). Each change is watched for so long after it was written, also by another command:
where an apply was stopped while it watched, the one that goes on watches the rest of the time.

A stage passes only where the hours since could have told (`WatchState.can_tell`: two with executions at
least), so what cuts off everything never passes. An action of which too little was seen holds the stage up
where some of that was cut off; one that production hardly calls does not, beside others that can be judged:
it would hold up the plan for ever, and the next stages watch it, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol

from analysis.moment_words import at
from analysis.number_words import plural
from analysis.typed_command import Asked
from diag.apply_dialog.stage_options import LONGEST_WATCH_S, StagedPlan
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.clocks.wall_clock import REAL_TIME, WallClock
from diag.console import Console
from diag.errors import DiagError
from diag.genesys.api_errors import ApiError
from diag.production.promises.judge_promises import PromiseLook, Watched
from diag.production.promises.watch_words import broken_sentence, holds_line, next_step, untold_lines
from diag.production.promises.what_was_promised import Promise

LOOK_EVERY_S: Final = 3600.0
"""Production is counted by the hour."""


class BrokenPromiseError(DiagError):
    """A stage cuts off more than was promised; the rest was not changed."""

    category = "threshold"


class UnwatchedError(DiagError):
    """Production could not be read after a stage, or called too little to tell; the rest was not changed."""

    category = "incomplete"


class WatchedProduction(Protocol):
    """The part of `WatchedOrg` used here."""

    def promises(self) -> tuple[Promise, ...]:
        """Return what the journal says was promised."""

    def look(self, promises: Sequence[Promise], now: datetime) -> PromiseLook:
        """Return what production says of these promises. Raises ApiError."""


@dataclass(slots=True)
class StageWatch:
    """Asked between two changes of a plan.

    `stopped_by` says why the rest is left alone, None while nothing speaks against it.
    """

    console: Console
    watched: WatchedProduction
    plan: StagedPlan
    clock: WallClock = REAL_TIME
    stopped_by: DiagError | None = field(default=None, init=False)

    def why_not_on(self, results: Sequence[ChangeResult]) -> str | None:
        """Return why the rest is left alone, None to go on; a stage that is whole is watched first."""
        size = self.plan.size
        if len(results) % size:
            return None
        number = len(results) // size
        done = {result.change.action_id for result in results if _is_in_force(result)}
        promises = [item for item in self.watched.promises() if item.line.action_id in done]
        if not promises:
            return None
        self.stopped_by = self._watch(number, promises)
        return None if self.stopped_by is None else f"stage {number} did not pass"

    def await_earlier_changes(self) -> None:
        """Return when what was changed in the last days has been watched for as long as a stage is.

        An apply that was stopped, or that a broken promise ended, is not gone past by another plan. Raises
        BrokenPromiseError and UnwatchedError.
        """
        if self.plan.stages.share >= 1.0:
            return  # all at once, as without stages
        since = self.clock.now() - LONGEST_WATCH_S
        recent = [item for item in self.watched.promises() if item.line.at > since]
        self.stopped_by = self._watch(0, recent) if recent else None
        if self.stopped_by is not None:
            raise self.stopped_by

    def _watch(self, number: int, promises: Sequence[Promise]) -> DiagError | None:
        until = max(item.line.at for item in promises) + self.plan.stages.watch_for_s
        if until > self.clock.now():
            self.console.note(
                f"{_begin(number)} Production is watched until {at(until)}, then comes the next stage. "
                f"Ctrl-C stops; to go on: {self.plan.again}"
            )
        while True:
            look, unread = self._look(promises)
            if look.broken:
                return self._broken(number, look)
            left_s = until - self.clock.now()
            if left_s <= 0:
                break
            self.clock.sleep(min(LOOK_EVERY_S, left_s))
        if unread is not None:
            return self._not_known(unread, f"To go on: {self.plan.again}")
        untold = _untold(look)
        if untold:
            return self._not_known(
                f"{'; '.join(untold_lines(untold))}.",
                f"To go on, when production has called more: {self.plan.again}",
                () if number else ("Without --stage nothing is watched first.",),
            )
        judged = holds_line(PromiseLook(tuple(item for item in look.watched if item.state.can_tell)))
        self.console.note(f"Stage {number}: {judged}" if number else judged)
        for line in untold_lines([item for item in look.watched if not item.state.can_tell]):
            self.console.note(f"Not judged yet: {line}. It does not hold up the others.")
        return None

    @staticmethod
    def _not_known(why: str, hint: str, details: tuple[str, ...] = ()) -> UnwatchedError:
        return UnwatchedError(
            f"It is not known whether production keeps its promise, so no more was changed: {why}",
            hint=hint,
            details=details,
        )

    def _look(self, promises: Sequence[Promise]) -> tuple[PromiseLook, str | None]:
        """Return a look, and why some promise is not judged where one is not: what somebody took back in a
        hurry has not passed either."""
        try:
            look = self.watched.look(promises, datetime.fromtimestamp(self.clock.now(), UTC))
        except ApiError as error:
            return PromiseLook(), error.message
        unjudged = [f"{item.promise.line.action_name}: {item.why}" for item in look.not_watched]
        return look, "; ".join(unjudged) or None

    def _broken(self, number: int, look: PromiseLook) -> DiagError:
        first, *others = look.broken
        left = self.plan.changes - number * self.plan.size
        what = f"Stage {number}" if number else "What was changed before"
        return BrokenPromiseError(
            broken_sentence(first),
            hint=next_step(first, Asked(org=self.plan.org)),
            details=(
                *map(broken_sentence, others),
                f"{what} did not pass, so {plural(left, 'change')} of the plan were not made.",
            ),
        )


def _untold(look: PromiseLook) -> list[Watched]:
    """The promises that hold a stage up, because too little was seen: all, where none can be judged."""
    unclear = [item for item in look.watched if not item.state.can_tell]
    if len(unclear) == len(look.watched):
        return unclear
    return [item for item in unclear if item.state.cut_off]


def _begin(number: int) -> str:
    return f"Stage {number} is done." if number else "What was changed in the last days is watched first."


def _is_in_force(result: ChangeResult) -> bool:
    """Whether the change was made, now or by an earlier apply of the same plan."""
    return result.outcome is ChangeOutcome.APPLIED or (
        result.outcome is ChangeOutcome.SKIPPED and result.entry is not None
    )
