"""`diag demo`: the whole story on the built-in sandbox, in under two minutes."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from diag.errors import DiagError
from diag.exit_codes import ExitCode

if TYPE_CHECKING:
    from analysis.format.run_folder import RunFolder
    from analysis.verdicts.recommendation import Analysis
    from diag.console import Console
    from diag.judged_files import RunEvidence
    from diag.measuring.load_process import LoadResult
    from diag.settings import Settings
    from diag.target import Target

MEASURE_S: Final = 34
PROBE_S: Final = 21
AFTER_S: Final = 5
RATE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Measured:
    """The first run on its own, and together with the probe."""

    published: "RunEvidence"
    everything: "RunEvidence"
    folder: "RunFolder"


@click.command(
    epilog="Nothing outside this machine is called. The runs and the report stay in runs/.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the sandbox's latencies.")
def command(seed: int) -> None:
    """Measure a dozen sandbox actions, recommend timeouts, apply them, and show that the timeouts stop."""
    from analysis.format.atomic_write import write_whole
    from diag.console import Console
    from diag.judged_files import report_data
    from diag.sandbox.launch import start_sandbox
    from diag.settings import Settings
    from diag.target import Target, sandbox_connection
    from reports.pages.report_page import build_report

    started = time.monotonic()
    console = Console()
    settings = Settings(runs=Path(os.environ.get("DIAG_RUNS") or "runs"))
    console.banner("SANDBOX: a Genesys Cloud on this machine; no org is touched, no credentials are used")
    with start_sandbox(scenario="demo", seed=seed) as sandbox:
        target = Target(sandbox_connection(sandbox.base_url), sandbox=True)
        steps = DemoSteps(console, settings, target, seed)
        measured = steps.measure()
        raised = steps.apply(measured.everything.analysis)
        results = steps.measure_again(measured, raised)
    report = measured.folder.report
    data = report_data(measured.everything, results=results)
    write_whole(report, build_report(data))
    console.heading("Report")
    console.result(str(report))
    runs = " ".join(str(folder.path) for folder in measured.everything.folders)
    console.note(f"Open it in a browser. The demo took {time.monotonic() - started:.0f} s.")
    console.note(f"To see the verdicts again: diag recommend {runs}")
    console.note("On your own org: diag doctor, then diag observe, diag init, diag tune.")


@dataclass(frozen=True, slots=True)
class DemoSteps:
    """The steps of the demo; each is what you would do with the verbs."""

    console: "Console"
    settings: "Settings"
    target: "Target"
    seed: int

    def measure(self) -> Measured:
        """Measure every action, probe those whose calls mostly time out, print the verdicts."""
        from analysis.format.run_folder import new_run_id
        from analysis.settings import RecommendSettings
        from analysis.verdicts.recommendation import Verdict
        from diag.interaction.show_analysis import show_analysis
        from diag.judged_files import gather, write_recommendations

        rules = RecommendSettings()
        self.console.heading(f"1. Measure: {RATE:.0f} calls a second to each action, for {MEASURE_S} s")
        first = self._load("Measuring", self.settings.runs / new_run_id(), run_time_s=MEASURE_S, rate=RATE)
        published = everything = gather([first.folder.path], rules, detail=True)
        hidden = [
            row
            for row in published.analysis.actions
            if row.verdict == Verdict.CENSORED_NEEDS_PROBE and row.timeouts
        ]
        if hidden:
            self.console.heading(f"2. Try a longer timeout: {', '.join(row.action_name for row in hidden)}")
            self.console.note(
                "Too many calls hit the present timeout to measure how long the action really takes.\n"
                "diag calls a private copy (draft) with 60 s; the live action is not touched."
            )
            actions = tuple(row.action_id for row in hidden)
            probe = self._load(
                "Probing",
                first.folder.path / "probe",
                run_time_s=PROBE_S,
                rate=RATE,
                actions=actions,
                probe=True,
            )
            everything = gather([first.folder.path, probe.folder.path], rules, detail=True)
        self.console.heading("3. Recommend")
        show_analysis(self.console, everything.analysis)
        write_recommendations(first.folder, everything.analysis)
        return Measured(published, everything, first.folder)

    def apply(self, analysis: "Analysis") -> Mapping[str, int]:
        """Apply, and return the new timeout in seconds of each action that was raised, by id."""
        from analysis.verdicts.recommendation import Verdict
        from diag.apply_dialog.apply_flow import build_plan, carry_out
        from diag.apply_dialog.apply_options import ApplyFlags
        from diag.changes.plans.change_result import ChangeOutcome
        from diag.changes.plans.plan import PlanOptions
        from diag.genesys.client import GenesysClient

        self.console.heading("4. Apply")
        self.console.note(
            "One minute of calls is too short to lower a timeout on an org: it shows no slow hours, and\n"
            "diag refuses. The demo does it all the same: no caller waits for a sandbox."
        )
        # No timeout fits these: whether to cut them off at the cap is the user's decision.
        undecided = tuple(
            row.action_id for row in analysis.actions if row.verdict == Verdict.OVER_CAP_USE_ASYNC
        )
        with GenesysClient(self.target.connection) as client:
            options = PlanOptions(force=True, skip=undecided)
            plan = build_plan(self.console, client, analysis, self.settings.runs, options)
        results = carry_out(
            self.console,
            self.target,
            self.settings,
            plan,
            ApplyFlags(yes=True, allow_side_effects=True, on_error="continue"),
        )
        return {
            result.change.action_id: result.change.after_timeout_s
            for result in results
            if result.outcome is ChangeOutcome.APPLIED and result.change.direction == "raise"
        }

    def measure_again(self, measured: Measured, raised: Mapping[str, int]) -> tuple[str, ...]:
        """Call the raised actions again and return one sentence each: timeouts then and now."""
        from analysis.settings import RecommendSettings
        from diag.judged_files import gather

        if not raised:
            return ()
        self.console.heading("5. The same calls again, under the new timeouts")
        after = self._load(
            "Measuring",
            measured.folder.path / "after",
            run_time_s=AFTER_S,
            rate=RATE,
            actions=tuple(raised),
        )
        now = {
            row.action_id: row for row in gather([after.folder.path], RecommendSettings()).analysis.actions
        }
        lines = [
            f"{then.action_name}: {then.timeouts} of {then.samples} calls timed out at "
            f"{then.current_timeout_s} s, {now[then.action_id].timeouts} of {now[then.action_id].samples} "
            f"at {raised[then.action_id]} s"
            for then in measured.published.analysis.actions
            if then.action_id in raised and then.action_id in now
        ]
        for line in lines:
            self.console.result(f"  {line}.")
        return (f"The raised timeouts were applied and called again. {'; '.join(lines)}.",) if lines else ()

    def _load(
        self,
        label: str,
        run_dir: Path,
        *,
        run_time_s: float,
        rate: float,
        actions: tuple[str, ...] = (),
        probe: bool = False,
    ) -> "LoadResult":
        from diag.measuring.load_process import LoadOptions, run_load
        from diag.measuring.run_progress import RunProgress
        from diag.target import sandbox_environment

        options = LoadOptions(
            run_dir=run_dir,
            run_time_s=run_time_s,
            actions=actions,
            rate=rate,
            probe=probe,
            seed=self.seed,
            env=sandbox_environment(self.target.connection),
        )
        with self.console.progress(label) as bar:

            def follow(progress: RunProgress) -> None:
                remark = f"{progress.calls} calls, {progress.timeouts} timed out"
                bar.update(progress.elapsed_s, progress.planned_s or run_time_s, remark)

            result = run_load(options, follow)
        if result.exit_code == ExitCode.INTERRUPTED:
            raise KeyboardInterrupt
        if result.status == "invalid":
            self.console.warn(f"The load generator judged its own run: {result.reason}.")
        elif result.exit_code:
            raise DemoFailedError(
                f"The load run ended with exit code {result.exit_code}: {result.reason or result.status}.",
                hint=f"Its log says more: {result.log}. What was measured is kept in {result.folder.path}",
            )
        return result


class DemoFailedError(DiagError):
    """The demo could not continue."""

    category = "incomplete"
