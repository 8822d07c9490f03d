"""`diag measure`: call actions under load, record every call, say what it means."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from diag.errors import DiagError, UsageError
from diag.exit_codes import category_of

if TYPE_CHECKING:
    from diag.console import Console
    from diag.measuring.load_process import LoadOptions, LoadResult, Refusal
    from diag.settings import Settings

DEFAULT_WORKLOAD: Final = Path("workload.toml")
DEFAULT_TIME_S: Final = 600.0
SANDBOX_TIME_S: Final = 60.0


@click.command(
    short_help="Call actions under load and record every latency and timeout.",
    epilog="Examples:  diag measure   diag measure workload.toml --time 30m   "
    "diag measure --action 'Get Customer' --probe",
)
@click.argument("workload", required=False, type=click.Path(path_type=Path))
@click.option("--action", "actions", multiple=True, metavar="NAME|ID", help="Only this action; repeatable.")
@click.option("--time", "--run-time", "duration", metavar="TIME", help="Budget of time, e.g. 90s, 10m, 2h.")
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    metavar="CALLS_PER_S",
    help="Calls per second per action.",
)
@click.option("--calls", type=click.IntRange(min=1), help="Most calls per action.")
@click.option("--mode", type=click.Choice(["measure", "ramp", "soak"]), help="See the workload file.")
@click.option("--model", type=click.Choice(["open", "closed"]), default=None, help="Default: open.")
@click.option(
    "--arrivals", type=click.Choice(["poisson", "constant"]), default=None, help="Default: poisson."
)
@click.option("--probe", is_flag=True, help="Call a draft with 60 s where the timeout hides the answer.")
@click.option(
    "--until-settled/--all-the-time",
    default=True,
    show_default=True,
    help="Stop calling an action once its answer can no longer change.",
)
@click.option("--sla", multiple=True, metavar="CONDITION", help="Exit 3 unless it holds, e.g. 'p99<2s'.")
@click.option("--processes", type=click.IntRange(min=1), help="Worker processes on this machine.")
@click.option("--seed", type=int, help="Seed of schedules and generated payloads.")
@click.option("--run-dir", type=click.Path(path_type=Path), help="Folder of this run.")
@click.option("--dry-run", is_flag=True, help="Print what would be called; call nothing.")
@click.option("--profile", help="Credentials profile.")
@click.option("--quiet", is_flag=True, help="Only the result.")
def command(
    workload: Path | None,
    actions: tuple[str, ...],
    duration: str | None,
    rate: float | None,
    calls: int | None,
    mode: str | None,
    model: str | None,
    arrivals: str | None,
    probe: bool,
    until_settled: bool,
    sla: tuple[str, ...],
    processes: int | None,
    seed: int | None,
    run_dir: Path | None,
    dry_run: bool,
    profile: str | None,
    quiet: bool,
) -> int:
    """Measure the actions of WORKLOAD (default: workload.toml, if there is one; the sandbox needs none).

    A call runs the real request. Rates stay below 80 % of the token's limit and calls in flight below
    20 % of the org's concurrent executions. Ctrl-C once: finish what is in flight, then summarise.
    """
    from analysis.format.run_folder import new_run_id
    from diag.console import Console
    from diag.measuring.load_process import LoadOptions
    from diag.settings import load_settings

    console = Console(quiet=quiet)
    settings = load_settings({"profile": profile})
    if workload is None and DEFAULT_WORKLOAD.is_file():
        workload = DEFAULT_WORKLOAD
    if run_dir is None:
        run_dir = _soak_to_go_on_with(console, settings, workload, mode) or settings.runs / new_run_id()
    options = LoadOptions(
        run_dir=run_dir,
        run_time_s=_run_time_s(duration, workload, settings, mode),
        actions=actions,
        rate=rate,
        workload=workload,
        model=model,
        arrivals=arrivals,
        mode=mode,
        probe=probe,
        processes=processes or 0,
        seed=seed,
        calls_per_action=calls,
        until_settled=until_settled and mode in (None, "measure") and not probe,
        sla=sla,
        confirm_org=None if dry_run else _confirmed_org(console, settings),
        env={"DIAG_PROFILE": profile} if profile else {},
    )
    if dry_run:
        return _dry_run(options)
    if not settings.has_credentials:
        console.banner("SANDBOX: no credentials found, so the built-in sandbox is called; nothing real")
    result = _measure(console, options)
    return _conclude(console, result, quiet=quiet)


def _soak_to_go_on_with(
    console: "Console", settings: "Settings", workload: Path | None, mode: str | None
) -> Path | None:
    """The folder of a soak that the same command began and something interrupted."""
    from diag.measuring.soaks import unfinished_soak
    from diag.workload.read_workload import read_workload

    wanted = mode or (read_workload(workload).mode if workload is not None else None)
    found = None
    if wanted == "soak":
        found = unfinished_soak(settings.runs, str(workload) if workload is not None else None)
    if found is None:
        return None
    console.note(f"Going on with the soak that was interrupted; for a new one: --run-dir. {found.path}")
    return found.path


def _run_time_s(
    duration: str | None, workload: Path | None, settings: "Settings", mode: str | None
) -> float | None:
    """The flag, else the workload's own (None here: the load process knows it), else a default."""
    from diag.workload.read_workload import read_workload, seconds

    if duration is not None:
        given = float(duration) if duration.isdecimal() else seconds(duration)
        if given is None or given <= 0:
            raise UsageError(f"{duration!r} is no length of time.", hint="Use 90s, 10m or 1h30m.")
        return given
    if workload is not None:
        known = read_workload(workload)
        if known.duration_s is not None or known.stages:
            return known.duration_s
        mode = mode or known.mode
    if mode in ("ramp", "soak"):
        return None
    return DEFAULT_TIME_S if settings.has_credentials else SANDBOX_TIME_S


def _confirmed_org(console: "Console", settings: "Settings") -> str | None:
    """For a protected profile: the org's name, typed by a person."""
    if not settings.protected:
        return None
    from diag.genesys.client import GenesysClient
    from diag.target import find_target

    target = find_target(settings)
    if target.sandbox:
        return None
    with GenesysClient(target.connection) as client:
        name = client.organization().name
    if not console.confirm(
        f"Calls run real requests in {name}. Type the org's name to go on.", expected=name
    ):
        raise UsageError("The org's name was not given, so nothing is called.")
    return name


def _dry_run(options: "LoadOptions") -> int:
    import os
    import subprocess

    from diag.measuring.load_process import command_line

    line = [*command_line(options), "--dry-run", "--loglevel", "ERROR"]
    return subprocess.run(line, env={**os.environ, **options.env}, check=False).returncode


def _measure(console: "Console", options: "LoadOptions") -> "LoadResult":
    from diag.interaction.live_table import show_progress
    from diag.measuring.load_process import run_load

    console.heading(f"Measuring into {options.run_dir}")
    live = sys.stderr.isatty() and not console.quiet
    with show_progress(console, live=live) as follow:
        return run_load(options, follow)


def _conclude(console: "Console", result: "LoadResult", *, quiet: bool) -> int:
    from analysis.errors import UnreadableSamplesError
    from analysis.format.run_folder import read_manifest
    from analysis.settings import RecommendSettings
    from diag.evidence import gather
    from diag.interaction.show_analysis import CLOSED_MODEL, next_step, show_analysis
    from diag.measuring.after_run import write_report
    from diag.measuring.load_process import Refusal

    if result.refusal is not None:
        raise NotMeasuredError(result.refusal, result.exit_code)
    manifest = read_manifest(result.folder)
    if manifest is None:
        raise NotMeasuredError(Refusal(result.reason or result.status), result.exit_code)
    for note in manifest.notes:
        console.warn(note)
    if result.reason and manifest.status == "complete" and not result.exit_code:
        console.note(f"Ended early: {result.reason}.")
    elif result.reason:
        console.warn(result.reason)
    try:
        evidence = gather([result.folder.path], RecommendSettings(), detail=True)
    except UnreadableSamplesError as error:
        console.warn(error.message)
        return result.exit_code
    if not quiet:
        show_analysis(console, evidence.analysis)
    write_report(result.folder, evidence)
    if manifest.model == "closed":
        console.warn(CLOSED_MODEL)
    if manifest.calls is None:  # killed: nobody counted
        console.note(f"{len(evidence.samples.table)} calls were recorded before it was cut off")
    else:
        console.note(f"{manifest.calls} calls, {manifest.dropped} held back; generator {manifest.grade}")
    if manifest.status != "complete" and (manifest.soak_until or 0) > time.time():
        console.note("The soak's time is not over: the same command goes on with it.")
    console.note(f"Report: {result.folder.report}")
    console.note(next_step(evidence.analysis, ["recommend"]))
    console.result(str(result.folder.path))
    return result.exit_code


class NotMeasuredError(DiagError):
    """The load process said no before it began; its words and its kind of error are kept."""

    def __init__(self, refusal: "Refusal", code: int) -> None:
        super().__init__(refusal.message, hint=refusal.hint, details=refusal.details)
        self.category = category_of(code)
