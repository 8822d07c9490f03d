"""What a run brought, in one process or in many.

`loadtests.run.load_run` asks for it when the calls have ended, and writes it into the manifest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from analysis.format.run_folder import LeftOut
from loadtests.recording.generator_grade import GeneratorFigures
from loadtests.steering.session import Session

HELD_BACK_SHARE: Final = 0.01
"""A smaller share is what the end of a run cuts off, or one slow moment."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """`gaps`: one sentence per worker whose rows are not all here; empty for a whole run."""

    calls: int
    dropped: int
    figures: GeneratorFigures
    """What the load generator saw of itself; with workers the worst of each figure."""
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]
    gaps: tuple[str, ...] = ()
    contradicted: Mapping[str, int] = field(default_factory=dict)
    """Replies that did not fit what was learnt of the platform, by fact."""


def outcome_of(session: Session) -> RunOutcome:
    """Return what a finished session of this process brought."""
    return RunOutcome(
        calls=session.calls,
        dropped=session.not_sent,
        figures=session.self_check.figures(),
        left_out=tuple(session.director.left_out),
        notes=tuple(session.director.notes),
        contradicted=dict(session.contradicted),
    )


def unsent_note(outcome: RunOutcome, max_in_flight: int) -> tuple[str, ...]:
    """Return one sentence where so many planned calls were not sent that the rate was not reached."""
    due = outcome.calls + outcome.dropped
    if outcome.dropped <= HELD_BACK_SHARE * due:
        return ()
    return (
        f"{outcome.dropped:,} of {due:,} planned calls were not sent: slow calls filled the {max_in_flight} "
        "places in flight that diag allows itself, so the planned rate was not reached",
    )
