"""What `diag tune` was asked."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from analysis.typed_command import Asked
from diag.apply_dialog.stage_options import Stages, read_stages
from diag.errors import UsageError
from diag.interaction.recommend_options import asked_to_call
from diag.interaction.shared_options import usual_workload

DEFAULT_OVER: Final = "24h"


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """What to tune, over how long, and how far to go now."""

    workload: Path | None
    actions: tuple[str, ...]
    over: str | None
    days: int | None
    folder: Path | None
    once: bool
    status: bool
    dry_run: bool
    do_apply: bool
    yes: bool
    stage: str | None
    watch_for: str | None
    profile: str | None
    sandbox: bool
    otel: bool = False
    notify: tuple[str, ...] = field(default=(), repr=False)
    metrics_file: Path | None = None

    @property
    def workload_file(self) -> Path | None:
        """Return the workload given, else the one in this folder, else None."""
        return usual_workload(self.workload)

    @property
    def asked(self) -> Asked:
        """Return what the commands after this one repeat beside the rules."""
        folder = None if self.folder is None else str(self.folder)
        asked = asked_to_call(self.workload, profile=self.profile, sandbox=self.sandbox)
        return replace(asked, campaign=folder)

    def demand_news(self) -> None:
        """Raise UsageError for notifications or metrics of a command that only shows."""
        flag = "--status" if self.status else "--dry-run" if self.dry_run else None
        if flag is not None and (self.notify or self.metrics_file is not None):
            raise UsageError(f"--notify and --metrics do not go with {flag}: nothing happens to report.")

    @property
    def stages(self) -> Stages | None:
        """Return in which stages the plan is to be carried out. Raises UsageError."""
        stages = read_stages(self.stage, self.watch_for)
        if stages is not None and not self.do_apply:
            raise UsageError("--stage goes with --apply.")
        return stages
