"""What a run brought, in one process or in many."""

from dataclasses import dataclass
from typing import Final

from analysis.format.run_folder import LeftOut
from loadtests.recording.generator_grade import Figures
from loadtests.steering.session import Session

HELD_BACK_SHARE: Final = 0.01
"""Fewer are what the end of a run catches, or one slow moment."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """`gaps`: one sentence per worker whose rows are not all here; empty for a whole run."""

    calls: int
    dropped: int
    figures: Figures
    """What the load generator saw of itself; with workers the worst of each figure."""
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]
    gaps: tuple[str, ...] = ()


def outcome_of(session: Session) -> RunOutcome:
    """Return what a finished session of this process brought."""
    return RunOutcome(
        calls=session.calls,
        dropped=session.not_sent,
        figures=session.self_check.figures(),
        left_out=tuple(session.director.left_out),
        notes=tuple(session.director.notes),
    )


def held_back(outcome: RunOutcome, max_in_flight: int) -> tuple[str, ...]:
    """Return one sentence where so many arrivals were not sent that the planned rate was not reached."""
    due = outcome.calls + outcome.dropped
    if outcome.dropped <= HELD_BACK_SHARE * due:
        return ()
    return (
        f"{outcome.dropped} of {due} arrivals were held back: {max_in_flight} calls in flight is the limit, "
        "so the planned rate was not reached",
    )
