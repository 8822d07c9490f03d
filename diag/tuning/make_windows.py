"""The windows of a campaign, each made by the same load process as `diag measure`."""

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from analysis.analysis_errors import AnalysisError
from analysis.format.manifest import read_manifest
from analysis.format.run_folder import RunFolder
from analysis.format.whole_records import holds_records
from analysis.machine.forks import CAN_FORK
from analysis.runs.campaign_windows import has_begun
from diag.campaign.campaign import Campaign
from diag.campaign.gone_actions import why_gone
from diag.campaign.saved import Saved
from diag.campaign.what_to_measure import TuneScope
from diag.campaign.window_loop import Driven, MadeWindow, carry_out
from diag.choice.turns_file import TURNS_FILE, WindowOrder, write_order
from diag.clocks.wall_clock import REAL_TIME
from diag.exit_codes import ExitCode
from diag.genesys.api_errors import ApiError
from diag.genesys.client import GenesysClient
from diag.measuring.load_forks import LoadForks, load_forks
from diag.measuring.load_process import LoadOptions, NotMeasuredError, run_load, session_environment
from diag.tuning.approved_files import refuse_changed_files
from diag.tuning.tune_context import TuneContext
from diag.tuning.window_notices import notices_in_a_row, notices_one_by_one
from diag.workload.read_workload import tuned_by


@dataclass(frozen=True, slots=True)
class LoadWindows:
    """The real outside of a campaign: the clock of what is called, and a load process for each window."""

    context: TuneContext
    saved: Saved
    forks: LoadForks | None = None
    """Where their loads are forked from; None: each starts anew."""

    def now(self) -> float:
        """Return the time, Unix seconds."""
        return self.context.clock.now()

    def sleep(self, seconds: float) -> None:
        """Wait so long, or as long as the clock sleeps at once. Raises SandboxGoneError."""
        clock = self.context.clock
        clock.sleep(min(seconds, clock.longest_sleep_s))

    def rest(self) -> None:
        """Wait a second of this machine's time."""
        time.sleep(1.0)

    def make(self, folder: RunFolder, order: WindowOrder, window_s: float) -> MadeWindow:
        """Make one window.

        Raises UsageError for a changed workload or inputs that do not fit, NotMeasuredError where the same
        refusal would come again.
        """
        refuse_changed_files(self.saved.question, self.context.folder.another)
        folder.path.mkdir(parents=True, exist_ok=True)
        write_order(folder.path / TURNS_FILE, order)
        result = run_load(self._load_options(folder, window_s))
        if result.refusal is None:  # else another load may still be at work in it
            self.context.folder.end_killed(newest=1)
            _convert(folder)
        if result.refusal is not None and has_begun(folder):  # by a load whose starter was killed
            return MadeWindow("made")
        lost = self._gone(folder, order)
        if result.refusal is not None:
            if result.exit_code in (ExitCode.USAGE, ExitCode.AUTH) and not lost:
                raise NotMeasuredError(result.refusal, result.exit_code)
            return MadeWindow("not begun", lost, None if lost else result.refusal.message)
        if result.exit_code == ExitCode.INTERRUPTED:
            return MadeWindow("interrupted", lost)
        if result.reason and result.status != "complete":
            self.context.console.warn(result.reason)
        return MadeWindow("made" if read_manifest(folder) is not None else "not begun", lost)

    def _gone(self, folder: RunFolder, order: WindowOrder) -> Mapping[str, str]:
        """Why actions of this window cannot be called any more; asks only where one was not called."""
        manifest = read_manifest(folder)
        called = {facts.action_id for facts in manifest.actions} if manifest is not None else set()
        left = [turn.action_id for turn in order.turns if turn.action_id not in called]
        return (self.find_gone(left) or {}) if left else {}

    def find_gone(self, action_ids: Sequence[str]) -> Mapping[str, str] | None:
        """Return why these cannot be called any more, by id, without those that can; None where the org does
        not answer: it is asked again after the next window that lacks them.

        Raises UsageError for inputs of the workload that were changed: once they are put back, the same
        command goes on.
        """
        question, target = self.saved.question, self.context.target
        refuse_changed_files(question, self.context.folder.another)
        held = question.workload is None or question.payload_files_sha256 is not None
        file = None if question.workload is None else Path(question.workload)
        try:
            with GenesysClient(target.connection) as client:
                inventory = tuple(client.list_actions(include_auth_actions=True))
                workload = tuned_by(file, as_org=target.counts_as_org)
                where = None if file is None else str(file)
                scope = TuneScope(inventory, (), workload, where, target.counts_as_org)
                return why_gone(client, scope, action_ids, self.context.folder.another, inputs_held=held)
        except ApiError:
            return None

    def _load_options(self, folder: RunFolder, window_s: float) -> LoadOptions:
        options, settings = self.context.options, self.context.settings
        workload = self.saved.question.workload
        protected = settings.protected and self.context.target.counts_as_org
        return LoadOptions(
            run_dir=folder.path,
            run_time_s=window_s,
            workload=None if workload is None else Path(workload),
            turns=folder.path / TURNS_FILE,
            otel=options.otel,
            confirm_org=self.saved.org_name if protected else None,  # was typed when the campaign began
            env=session_environment(options.profile, sandbox=options.sandbox),
            forks=self.forks,
        )


def _convert(window: RunFolder) -> None:
    """Write samples.parquet of a window here, where pandas is at hand: another process takes a second."""
    from analysis.samples.parquet_run import convert_run

    if holds_records(window):
        with suppress(OSError, AnalysisError):  # a full disk, say: its segments hold all the same rows
            convert_run(window)


def make_windows(context: TuneContext, saved: Saved, campaign: Campaign) -> Driven:
    """Make the windows that are due, until the campaign is over (`--once`: one), saying how far it is."""
    in_a_row = context.clock is not REAL_TIME and not context.options.once
    with (
        load_forks() if in_a_row and CAN_FORK else nullcontext() as forks,
        notices_in_a_row(context, campaign) if in_a_row else notices_one_by_one(context, campaign) as notices,
    ):
        return carry_out(
            context.folder,
            saved,
            campaign,
            LoadWindows(context, saved, forks),
            once=context.options.once,
            notices=context.outlets.beside(notices, saved, context.folder),
            asked=context.asked.by(saved.question.settings),
        )
