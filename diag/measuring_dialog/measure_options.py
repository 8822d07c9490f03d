"""What `diag measure` was asked."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from analysis.typed_command import Asked
from diag.interaction.recommend_options import asked_to_call
from diag.interaction.shared_options import usual_workload
from diag.measuring.asked_of_direct_calls import DirectOptions, repeated


@dataclass(frozen=True, slots=True)
class MeasureOptions:
    """What to call, how, and for how long; None leaves it to the workload file."""

    workload: Path | None
    actions: tuple[str, ...]
    duration: str | None
    rate: float | None
    calls: int | None
    mode: str | None
    model: str | None
    arrivals: str | None
    probe: bool
    until_settled: bool
    sla: tuple[str, ...]
    processes: int | None
    seed: int | None
    otel: bool
    run_dir: Path | None
    into: Path | None
    dry_run: bool
    profile: str | None
    sandbox: bool
    quiet: bool
    direct_calls: DirectOptions = field(default_factory=DirectOptions)

    @property
    def workload_file(self) -> Path | None:
        """Return the workload given, else the one in this folder, else None."""
        return usual_workload(self.workload)

    @property
    def asked(self) -> Asked:
        """Return what the commands after this one repeat beside the rules."""
        asked = asked_to_call(self.workload, profile=self.profile, sandbox=self.sandbox)
        return replace(asked, direct=repeated(self.direct_calls))
