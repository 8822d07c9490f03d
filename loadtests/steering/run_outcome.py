"""What a run brought, in one process or in many.

`loadtests.run.load_run` asks for it when the calls have ended, and writes it into the manifest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.format.manifest import LeftOut
from loadtests.recording.generator_figures import GeneratorFigures
from loadtests.steering.session import Session


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
        figures=session.generator_meter.figures(),
        left_out=tuple(session.director.left_out),
        notes=tuple(session.director.notes),
        contradicted=dict(session.contradicted),
    )
