"""`diag measure`: call actions under load, record every call, and judge them."""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diag.completion.candidates import run_folders
from diag.errors import UsageError
from diag.exit_codes import ExitCode
from diag.interaction.help_examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.output import NamedPath
from diag.interaction.recommend_options import recommend_options
from diag.interaction.shared_options import action_option, otel_option, profile_option
from diag.measuring.asked_of_direct_calls import DirectOptions
from diag.measuring_dialog.direct_flags import direct_options
from diag.measuring_dialog.measure_options import MeasureOptions

if TYPE_CHECKING:
    from analysis.recommend_settings import RecommendSettings
    from analysis.typed_command import Asked
    from diag.console import Console
    from diag.measuring.load_process import LoadOptions, LoadResult
    from diag.settings import Settings


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
@otel_option
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
    from diag.console import Console
    from diag.measuring.open_telemetry import refuse_without_open_telemetry
    from diag.measuring_dialog.confirm_hosts import measure_confirmed
    from diag.measuring_dialog.load_options import load_options
    from diag.settings import load_settings

    console, options = Console(quiet=options.quiet), replace(options, direct_calls=direct)
    settings = load_settings({"profile": options.profile, "sandbox": "1" if options.sandbox else None})
    lacking = None
    if options.into is not None:
        from diag.measuring_dialog.top_up_flow import run_to_top_up

        lacking = run_to_top_up(console, settings, options, rules)
        if lacking is None:
            return ExitCode.OK
    load = replace(load_options(options, settings, console), rules=rules, direct=direct)
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
    to_learn = _to_learn(settings, options.asked)
    if to_learn is not None:
        console.note(to_learn)
    result = measure_confirmed(console, load, _measure)
    return _conclude(console, result, options, rules, settings.zone)


def _to_learn(settings: "Settings", asked: "Asked") -> str | None:
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


def _dry_run(options: "LoadOptions") -> int:
    import subprocess

    from diag.measuring.load_process import command_line

    line = [*command_line(options), "--dry-run", "--loglevel", "ERROR"]
    return subprocess.run(line, env={**os.environ, **options.env}, check=False).returncode


def _measure(console: "Console", options: "LoadOptions") -> "LoadResult":
    from diag.measuring.load_process import run_load
    from diag.measuring_dialog.progress_table import show_progress

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
    from analysis.format.manifest import read_manifest
    from diag.judged_files import gather
    from diag.measuring.calls_made import left_out_lines
    from diag.measuring.load_log import Refusal
    from diag.measuring.load_process import NotMeasuredError
    from diag.measuring_dialog.show_finished_run import show_run

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
