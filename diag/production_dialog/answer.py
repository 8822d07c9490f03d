"""What production says, and how to ask for it again or to set it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.machine.command_words import one_after_the_other
from analysis.typed_command import apply_plan
from diag.production.drift_and_resemblance import Finding
from diag.production.observe_words import plan_command
from diag.production.production_evidence import ProductionEvidence


@dataclass(frozen=True, slots=True)
class Answer:
    """What production says, and the arguments of `diag observe` that ask for it again."""

    evidence: ProductionEvidence
    findings: Mapping[str, Finding]
    source: str
    org: tuple[str, ...] = ()
    plan_file: Path | None = None

    @property
    def to_set(self) -> str:
        """Return the commands that set what can be set, in the org that was read."""
        if self.plan_file is not None:  # it is saved in a moment
            return apply_plan(str(self.plan_file), self.org)
        return one_after_the_other(plan_command(self.source), apply_plan("plan.json", self.org))
