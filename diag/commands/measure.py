"""`diag measure`: call actions under load, record every call, and judge them."""

import os
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.typed_command import MEASURES_AT_MOST_S, MEASURES_THE_SANDBOX_AT_MOST_S, Asked
from diag.completion.candidates import run_folders
from diag.errors import UsageError
from diag.exit_codes import ExitCode
from diag.interaction.direct_flags import direct_options
from diag.interaction.examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.output import NamedPath
from diag.interaction.recommend_options import asked_to_call, recommend_options
from diag.interaction.shared_options import action_option, profile_option, usual_workload
from diag.measuring.direct_options import DirectOptions, repeated

if TYPE_CHECKING:
    from analysis.settings import RecommendSettings
    from diag.console import Console
    from diag.measuring.load_process import LoadOptions, LoadResult
    from diag.measuring.top_up import LackingRun
    from diag.settings import Settings


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


@click.command(
    epilog=examples(
        "diag measure",
        "diag measure workload.toml --time 30m",
        "diag measure --action 'Get Customer' --probe",
        "diag measure --into runs/ID    only the calls that its verdicts lack",
        "diag measure --direct --confirm-host api.example.com=20",
    )
)
@click.argument("workload", required=False, type=click.Path(path_type=Path))
@action_option
@click.option(
    "--time", "--run-time", "duration", metavar="TIME", help="Run at most this long, e.g. 90s, 10m, 2h."
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    metavar="CALLS_PER_S",
    help="Calls per second to each action.",
)
@click.option("--calls", type=click.IntRange(min=1), help="At most this many calls to each action.")
@click.option(
    "--mode",
    type=click.Choice(["measure", "ramp", "soak"]),
    help="A steady rate, a rising rate, or a long run in short windows.",
)
@click.option(
    "--model",
    type=click.Choice(["open", "closed"]),
    help="open: calls leave on schedule; closed: each waits for the one before.  [default: open]",
)
@click.option(
    "--arrivals",
    type=click.Choice(["poisson", "constant"]),
    help="Random or even gaps between calls.  [default: poisson]",
)
@click.option(
    "--probe",
    is_flag=True,
    help="Measure a private copy (draft) with a timeout of 60 s; the live action keeps its timeout.",
)
@click.option(
    "--until-settled/--all-the-time",
    default=True,
    show_default=True,
    help="Stop calling an action once its answer can no longer change.",
)
@click.option(
    "--sla", multiple=True, metavar="CONDITION", help="Exit 3 unless this holds, e.g. 'p99<2s'; repeatable."
)
@click.option("--processes", type=click.IntRange(min=1), help="Worker processes on this machine.")
@click.option("--seed", type=int, help="Seed of the schedule and of generated payloads.")
@click.option(
    "--otel",
    is_flag=True,
    help="Export to OpenTelemetry, as Locust's own --otel does; OTEL_... variables say where to.",
)
@click.option("--run-dir", type=NamedPath(), help="Folder of this run.  [default: runs/ID]")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Add to this run the calls that its verdicts lack, as it made those it has; the workload must be "
    "the same.",
    shell_complete=run_folders,
)
@click.option("--dry-run", is_flag=True, help="Print what would be called; call nothing.")
@direct_options
@profile_option
@click.option("--sandbox", is_flag=True, help="Call the built-in sandbox, whatever the settings point to.")
@click.option("--quiet", is_flag=True, help="Print only the folder of the run.")
@gathered(MeasureOptions)
@recommend_options
def command(options: MeasureOptions, direct: DirectOptions, rules: "RecommendSettings") -> int:
    """Measure the actions of WORKLOAD (default: workload.toml, if it exists; the sandbox needs none).

    A call runs the real request against your backend. Rates stay below 80 % of the token's limit, and calls
    in flight below 20 % of the org's concurrent executions. Ctrl-C once: wait for the calls in flight, then
    summarise.
    """
    from analysis.format.run_folder import new_run_id
    from diag.console import Console
    from diag.interaction.confirm_hosts import measure_confirmed
    from diag.measuring.open_telemetry import refuse_without_open_telemetry
    from diag.settings import load_settings

    console = Console(quiet=options.quiet)
    settings = load_settings({"profile": options.profile, "sandbox": "1" if options.sandbox else None})
    lacking = None
    if options.into is not None:
        lacking = _lacking(console, settings, replace(options, direct_calls=direct), rules)
        if lacking is None:
            return ExitCode.OK
    run_dir = options.run_dir or _interrupted_soak(console, settings, options)
    load = _load_options(options, settings, run_dir or settings.runs / new_run_id(), console)
    load = replace(load, rules=rules, direct=direct)
    if lacking is not None:
        load = lacking.load(load)
    if direct.compare and not options.dry_run:
        raise UsageError("--compare compares in a dry run.", hint="Add --dry-run.")
    if options.otel:
        refuse_without_open_telemetry(os.environ)
    if options.dry_run:
        return _dry_run(load)
    if settings.why_no_sandbox is None:
        console.banner("SANDBOX: the built-in sandbox is called; nothing real")
    to_learn = _to_learn(settings, replace(options, direct_calls=direct).asked)
    if to_learn is not None:
        console.note(to_learn)
    result = measure_confirmed(console, load, _measure)
    return _conclude(console, result, replace(options, direct_calls=direct), rules, settings.zone)


def _lacking(
    console: "Console", settings: "Settings", options: MeasureOptions, rules: "RecommendSettings"
) -> "LackingRun | None":
    """Return the run to top up; None, with its verdicts, where it lacks no calls."""
    from analysis.number_words import plural
    from diag.interaction.show_analysis import show_analysis
    from diag.measuring.top_up import lacking_run

    stated = {
        "--run-dir": options.run_dir,
        "--rate": options.rate,
        "--calls": options.calls,
        "--mode": options.mode,
        "--model": options.model,
        "--arrivals": options.arrivals,
        "--probe": options.probe or None,
        "--direct or --both": options.direct_calls.direct or options.direct_calls.both or None,
    }
    unfit = [flag for flag, value in stated.items() if value is not None]
    if unfit:
        raise UsageError(f"--into makes calls as the run made them, so {unfit[0]} does not go with it.")
    assert options.into is not None
    lacking = lacking_run(
        options.into, settings.runs, rules, asked=options.asked, zone=settings.zone, only=options.actions
    )
    calls = sum(calls for calls, _ in lacking.more.values())
    if calls:
        console.note(f"{plural(calls, 'call')} to {plural(len(lacking.more), 'action')} are missing.")
        return lacking
    if not options.quiet:
        show_analysis(console, lacking.evidence.analysis, to_set=lacking.evidence.asked.apply)
    console.note(
        "No verdict of this run lacks calls that more of the same would give it; nothing was called."
    )
    console.result(str(lacking.folder.path))
    return None


def _load_options(
    options: MeasureOptions, settings: "Settings", run_dir: Path, console: "Console"
) -> "LoadOptions":
    """What to run; a protected profile asks for the org's name here."""
    from diag.measuring.load_process import LoadOptions, session_environment

    return LoadOptions(
        run_dir=run_dir,
        run_time_s=_run_time_s(options, settings),
        actions=options.actions,
        rate=options.rate,
        workload=options.workload_file,
        model=options.model,
        arrivals=options.arrivals,
        mode=options.mode,
        probe=options.probe,
        processes=options.processes or 0,
        seed=options.seed,
        calls_per_action=options.calls,
        until_settled=options.until_settled and options.mode in (None, "measure"),
        sla=options.sla,
        otel=options.otel,
        confirm_org=None if options.dry_run else _confirmed_org(console, settings),
        env=session_environment(options.profile, sandbox=options.sandbox),
    )


def _interrupted_soak(console: "Console", settings: "Settings", options: MeasureOptions) -> Path | None:
    """The folder of a soak that the same command began and something interrupted."""
    from diag.measuring.soaks import unfinished_soak
    from diag.workload.read_workload import read_workload

    workload = options.workload_file
    mode = options.mode or (read_workload(workload).mode if workload is not None else None)
    if mode != "soak":
        return None
    folder = unfinished_soak(settings.runs, str(workload) if workload is not None else None)
    if folder is None:
        return None
    console.note(f"Continuing the soak that was interrupted; for a new one: --run-dir. {folder.path}")
    return folder.path


def _run_time_s(options: MeasureOptions, settings: "Settings") -> float | None:
    """The flag, else the workload's own (None here: the load process knows it), else a default."""
    from diag.toml_forms.durations import seconds
    from diag.workload.read_workload import read_workload

    duration, workload, mode = options.duration, options.workload_file, options.mode
    if duration is not None:
        given = float(duration) if duration.isdecimal() else seconds(duration)
        if given is None or given <= 0:
            raise UsageError(f"Invalid duration {duration!r}.", hint="Use 90s, 10m or 1h30m.")
        return given
    if workload is not None:
        known = read_workload(workload)
        if known.duration_s is not None or known.stages:
            return known.duration_s
        mode = mode or known.mode
    if mode in ("ramp", "soak"):
        return None
    return MEASURES_AT_MOST_S if _counts_as_org(settings) else MEASURES_THE_SANDBOX_AT_MOST_S


def _counts_as_org(settings: "Settings") -> bool:
    """Whether an org is called, or a sandbox that counts as one; False where neither is there: the load says
    so."""
    from diag.errors import CredentialsError
    from diag.target import find_target

    if settings.why_no_sandbox is not None:
        return True
    try:
        return find_target(settings, with_facts=False).counts_as_org
    except CredentialsError:
        return False


def _to_learn(settings: "Settings", asked: Asked) -> str | None:
    """What is not known of an org's platform, and how to learn it; a missing org, or a file of facts that
    cannot be used, the load says."""
    from diag.errors import CredentialsError
    from diag.target import find_target

    try:
        target = find_target(settings)
    except (CredentialsError, UsageError):
        return None
    command = asked.command("doctor", before=("--learn",))
    return target.known.to_learn(command) if target.counts_as_org else None


def _confirmed_org(console: "Console", settings: "Settings") -> str | None:
    """For a protected profile: the org's name, typed by the user."""
    if not settings.protected:
        return None
    from diag.apply_dialog.approval import approved_for
    from diag.genesys.client import GenesysClient
    from diag.target import find_target

    target = find_target(settings)
    if not target.counts_as_org:
        return None
    with GenesysClient(target.connection) as client:
        name = client.organization().name
    if not approved_for(console, settings, name, f"Call these actions of {name}?", yes=False):
        raise UsageError("That is not the org's name; nothing was called.")
    return name


def _dry_run(options: "LoadOptions") -> int:
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


def _conclude(
    console: "Console",
    result: "LoadResult",
    options: MeasureOptions,
    rules: "RecommendSettings",
    zone: str | None,
) -> int:
    from analysis.analysis_errors import UnreadableSamplesError
    from analysis.format.run_folder import read_manifest
    from diag.interaction.show_run import show_run
    from diag.judged_files import gather
    from diag.measuring.calls_made import left_out_lines
    from diag.measuring.load_process import NotMeasuredError, Refusal

    if result.refusal is not None:
        raise NotMeasuredError(result.refusal, result.exit_code)
    manifest = read_manifest(result.folder)
    if manifest is None:
        raise NotMeasuredError(Refusal(result.reason or result.status), result.exit_code)
    for note in manifest.notes:
        console.warn(note)
    for line in left_out_lines(manifest):
        console.note(line)
    if result.reason and manifest.status == "complete" and not result.exit_code:
        console.note(f"Ended early: {result.reason}.")
    elif result.reason:
        console.warn(result.reason)
    try:
        evidence = gather([result.folder.path], rules, detail=True, asked=options.asked, zone=zone)
    except UnreadableSamplesError as error:
        console.warn(error.message)
        return result.exit_code
    if manifest.status != "complete" and (manifest.soak_until or 0) > time.time():
        console.note("The soak is not over: run the same command to continue it.")
    show_run(console, result.folder, manifest, evidence)
    console.result(str(result.folder.path))
    return result.exit_code
