"""What a run brought, in one process or in many."""

from dataclasses import dataclass

from analysis.run_folder import LeftOut
from loadtests.grading import Figures
from loadtests.session import Session


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
