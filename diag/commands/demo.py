"""`diag demo`: a day of a sandbox, told in under two minutes by the verbs themselves."""

import io
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from analysis.machine.command_words import joined
from diag.errors import DiagError
from diag.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.verdicts.recommendation import Recommendation
    from diag.console import Console
    from diag.table import Table
    from diag.tuning.demo_comparison import DemoComparison

SCENARIO: Final = "day"
WINDOW: Final = ("--rate", "90", "--time", "8s")
"""Some 570 calls to each action, its warm-up taken off: enough for a number."""
IN_ONE_WINDOW: Final = ("Score Risk (cold)", "Read Statement (nightly)", "Check Stock (release)")
"""What one window misleads about, each in its own way."""
STAGE: Final = "70%"


@click.command(
    epilog="Nothing outside this machine is called. What the demo makes stays in runs/demo.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the sandbox's latencies.")
def command(seed: int) -> None:
    """Live through a day of a sandbox: production first, one window, a day of windows, apply, watch, undo."""
    from diag.console import Console
    from diag.sandbox.launch import start_sandbox
    from diag.target import Target, sandbox_connection, sandbox_environment

    started = time.monotonic()
    console = Console()
    folder = _free_folder(Path(os.environ.get("DIAG_RUNS") or "runs"))
    folder.mkdir(parents=True)
    console.banner("SANDBOX: a Genesys Cloud on this machine; no org is touched, no credentials are used")
    with start_sandbox(scenario=SCENARIO, seed=seed) as sandbox:
        target = Target(sandbox_connection(sandbox.base_url), sandbox=True)
        alone = {"DIAG_RUNS": str(folder), "DIAG_NOTIFY": "none"}  # no channel is told of made-up timeouts
        with _variables({**sandbox_environment(target.connection), **alone}):
            Story(console, folder).tell()
    console.heading(f"The report of the day: {folder / 'tune' / 'report.html'}")
    console.note("Open it in a browser and unfold an action: its charts show the night, and the release.")
    console.note(f"The demo took {time.monotonic() - started:.0f} s.")
    console.note("On your own org: diag doctor, then diag observe, diag init, diag tune.")


@dataclass(frozen=True, slots=True)
class Story:
    """The steps of the demo; each is what you would type."""

    console: "Console"
    folder: Path

    def tell(self) -> None:
        """Tell it from production to undo. Raises DemoFailedError where a verb fails."""
        workload, tune, window = (self.folder / name for name in ("workload.toml", "tune", "window"))
        self._step("1. Look at production first: it has seen every hour, and costs no call.")
        self._diag("observe")
        self._step("2. A load test: eight seconds of calls to three of them, in the evening.")
        self._diag("init", str(workload), "--all", shown=False)  # on a terminal, nobody is asked
        only = [part for name in IN_ONE_WINDOW for part in ("--action", name)]
        self._diag(
            *("measure", str(workload), *WINDOW, *only, "--run-dir", str(window), "--quiet"), may_warn=True
        )
        self._show_window(window)
        self._step(
            "3. The same few calls, spread over a day: only what production did not settle is called.",
            "Hours pass in a second here. On your org it takes the day, unattended.",
        )
        self._diag("tune", str(workload), "--yes")
        self._compare(window, tune)
        self._step("4. Set the timeouts in stages. Production is watched for hours before the next stage.")
        self._diag("apply", str(tune / "plan.json"), "--stage", STAGE, "--yes")
        self._step("5. Go on watching, and take back what you like.")
        self._diag("watch")
        self._diag("undo", "--yes")

    def _show_window(self, window: Path) -> None:
        from analysis.recommend_settings import RecommendSettings
        from diag.interaction.recommendation_table import verdict_table
        from diag.judged_files import gather

        self.console.table(verdict_table(gather([window], RecommendSettings()).analysis))
        self.console.note("In parentheses: not to be set. Eight seconds show no slow hour, and diag says so.")

    def _compare(self, window: Path, tune: Path) -> None:
        from analysis.recommend_settings import RecommendSettings
        from analysis.verdicts.measured_first import measured_first
        from diag.campaign.folder import CampaignFolder
        from diag.campaign.judged_together import judged_together
        from diag.judged_files import gather
        from diag.production.saved_evidence import read_evidence
        from diag.tuning.demo_comparison import demo_comparison

        rules, campaign = RecommendSettings(), CampaignFolder(tune)
        production = read_evidence(campaign.production)
        day = judged_together(campaign.windows(), rules)
        if day is None:
            raise DemoFailedError("The day has no call.", hint=f"Look at {tune}")
        found = demo_comparison(gather([window], rules).analysis, day.samples, production)
        if found:
            self.console.note()
            self.console.note("Had the load test been believed:", style="bold")
            numbers = {
                row.action_id: row for row in measured_first(day.analysis, production.analysis).actions
            }
            self.console.table(_comparison(found, numbers))

    def _step(self, title: str, *more: str) -> None:
        self.console.heading(title)
        for line in more:
            self.console.note(line)

    def _diag(self, *arguments: str, may_warn: bool = False, shown: bool = True) -> None:
        """Run a verb as it would be typed. Raises DemoFailedError, KeyboardInterrupt."""
        from diag.cli import run

        self.console.note(f"$ diag {joined(arguments)}", style="bold cyan")
        with nullcontext() if shown else _hidden():
            code = run(arguments)
        if code == ExitCode.INTERRUPTED:
            raise KeyboardInterrupt
        if code and not (may_warn and code == ExitCode.INCOMPLETE):
            raise DemoFailedError(
                f"diag {arguments[0]} ended with exit code {code}.",
                hint=f"What was done so far is kept in {self.folder}",
            )


def _comparison(found: "Sequence[DemoComparison]", numbers: "Mapping[str, Recommendation]") -> "Table":
    """Return the table: what one window said, what it would have cut off, what the day says."""
    from analysis.number_words import percent
    from diag.table import Column, Table
    from reports.wording.verdict_words import WORDING

    rows = []
    for one in found:
        day = numbers[one.action_id]
        number = "" if day.recommended_timeout_s is None else f"{day.recommended_timeout_s} s, "
        says = f"{number}{WORDING[day.verdict].word}"
        rows.append((one.name, f"{one.number_s} s", percent(one.cut_off), says))
    return Table(
        (
            Column("action"),
            Column("one window", "right"),
            Column("of the day cut off by it", "right"),
            Column("the day"),
        ),
        tuple(rows),
    )


@contextmanager
def _hidden() -> Iterator[None]:
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        yield


@contextmanager
def _variables(values: "Mapping[str, str]") -> Iterator[None]:
    """Lead every verb to the sandbox and to nothing else, for as long as the block lasts."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _free_folder(runs: Path) -> Path:
    """Return runs/demo, or the next number: a demo goes on with nothing that another one began."""
    number, folder = 1, runs / "demo"
    while folder.exists():
        number += 1
        folder = runs / f"demo-{number}"
    return folder


class DemoFailedError(DiagError):
    """The demo could not continue."""

    category = "incomplete"
