"""The windows of a campaign, each made by the same load process as `diag measure`."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.format.run_folder import RunFolder, read_manifest
from diag.campaign.campaign import Campaign
from diag.campaign.drive import Driven, Made, drive
from diag.campaign.saved import Saved
from diag.campaign.spread import Slot
from diag.campaign.standing import Standing
from diag.choice.turns_file import TURNS_FILE, Turn, write_turns
from diag.exit_codes import ExitCode
from diag.measuring.load_process import LoadOptions, NotMeasuredError, run_load, session_environment
from diag.tuning.campaign_text import at, window_line
from diag.tuning.same_campaign import refuse_a_changed_workload
from diag.tuning.tune_context import TuneContext


@dataclass(frozen=True, slots=True)
class LoadWindows:
    """The real outside of a campaign: this machine's clock, and a load process for each window."""

    context: TuneContext
    saved: Saved

    def now(self) -> float:
        """Return the time, Unix seconds."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def make(self, folder: RunFolder, turns: Sequence[Turn], window_s: float) -> Made:
        """Make one window.

        Raises UsageError for a changed workload, NotMeasuredError where the same refusal would come again.
        """
        refuse_a_changed_workload(self.saved.question)
        folder.path.mkdir(parents=True, exist_ok=True)
        write_turns(folder.path / TURNS_FILE, turns)
        result = run_load(self._load_options(folder, window_s))
        if result.refusal is not None:
            if result.exit_code in (ExitCode.USAGE, ExitCode.AUTH):
                raise NotMeasuredError(result.refusal, result.exit_code)
            self.context.console.warn(
                f"This window could not begin: {result.refusal.message} It is made up for."
            )
            return "not begun"
        if result.exit_code == ExitCode.INTERRUPTED:
            return "interrupted"
        if result.reason and result.status != "complete":
            self.context.console.warn(result.reason)
        return "made" if read_manifest(folder) is not None else "not begun"

    def _load_options(self, folder: RunFolder, window_s: float) -> LoadOptions:
        options, settings = self.context.options, self.context.settings
        workload = self.saved.question.workload
        protected = settings.protected and not self.context.target.sandbox
        return LoadOptions(
            run_dir=folder.path,
            run_time_s=window_s,
            workload=None if workload is None else Path(workload),
            turns=folder.path / TURNS_FILE,
            confirm_org=self.saved.org_name if protected else None,  # was typed when the campaign began
            env=session_environment(options.profile, sandbox=options.sandbox),
        )


def make_windows(context: TuneContext, saved: Saved, campaign: Campaign) -> Driven:
    """Make the windows that are due, until the campaign is over (`--once`: one), with a line after each."""
    console = context.console
    announced = -1

    def on_wait(slot: Slot, begun: int) -> None:
        nonlocal announced
        if begun == announced:  # nobody was due yet; the next moment is not worth a line of its own
            return
        announced = begun
        console.note(f"Window {begun + 1} is due {at(slot.due_at, context.settings.zone)}. Ctrl-C stops.")

    def on_window(reached: Mapping[str, Standing], begun: int) -> None:
        console.note(window_line(reached, begun))

    return drive(
        context.folder,
        saved,
        campaign,
        LoadWindows(context, saved),
        once=context.options.once,
        on_wait=on_wait,
        on_window=on_window,
    )
