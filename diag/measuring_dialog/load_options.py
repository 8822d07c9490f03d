"""From what `diag measure` was asked to the load: where to, for how long, and with the org's name typed."""

from pathlib import Path

from analysis.format.run_folder import new_run_id
from analysis.typed_command import MEASURES_AT_MOST_S, MEASURES_THE_SANDBOX_AT_MOST_S
from diag.console import Console
from diag.errors import CredentialsError, UsageError
from diag.measuring.continuing.which_soak_goes_on import unfinished_soak
from diag.measuring.load_process import LoadOptions, session_environment
from diag.measuring_dialog.measure_options import MeasureOptions
from diag.settings import Settings
from diag.target import find_target
from diag.toml_forms.durations import seconds
from diag.workload.read_workload import read_workload


def load_options(options: MeasureOptions, settings: Settings, console: Console) -> LoadOptions:
    """Return what to run and where; a protected profile asks for the org's name here.

    Raises UsageError, also where that name is not typed, and what finding the org raises.
    """
    run_dir = options.run_dir or _interrupted_soak(console, settings, options)
    return LoadOptions(
        run_dir=run_dir or settings.runs / new_run_id(),
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


def _interrupted_soak(console: Console, settings: Settings, options: MeasureOptions) -> Path | None:
    """The folder of a soak that the same command began and something interrupted."""
    workload = options.workload_file
    mode = options.mode or (read_workload(workload).mode if workload is not None else None)
    if mode != "soak":
        return None
    folder = unfinished_soak(settings.runs, str(workload) if workload is not None else None)
    if folder is None:
        return None
    console.note(f"Continuing the soak that was interrupted; for a new one: --run-dir. {folder.path}")
    return folder.path


def _run_time_s(options: MeasureOptions, settings: Settings) -> float | None:
    """The flag, else the workload's own (None here: the load process knows it), else a default."""
    duration, workload, mode = options.duration, options.workload_file, options.mode
    if duration is not None:
        given = seconds(float(duration) if duration.isdecimal() else duration)
        if given is None or given <= 0:
            raise UsageError(f"Invalid duration {duration!r:.40}.", hint="Use 90s, 10m or 1h30m.")
        return given
    if workload is not None:
        known = read_workload(workload)
        if known.duration_s is not None or known.stages:
            return known.duration_s
        mode = mode or known.mode
    if mode in ("ramp", "soak"):
        return None
    return MEASURES_AT_MOST_S if counts_as_org(settings) else MEASURES_THE_SANDBOX_AT_MOST_S


def counts_as_org(settings: Settings) -> bool:
    """Return whether an org is called, or a sandbox that counts as one; False where neither is there: the
    load says so."""
    if settings.why_no_sandbox is not None:
        return True
    try:
        return find_target(settings, with_facts=False).counts_as_org
    except CredentialsError:
        return False


def _confirmed_org(console: Console, settings: Settings) -> str | None:
    """For a protected profile: the org's name, typed by the user."""
    if not settings.protected:
        return None
    from diag.apply_dialog.approval import approved_for
    from diag.genesys.client import GenesysClient

    target = find_target(settings)
    if not target.counts_as_org:
        return None
    with GenesysClient(target.connection) as client:
        name = client.organization().name
    if not approved_for(console, settings, name, f"Call these actions of {name}?", yes=False):
        raise UsageError("That is not the org's name; nothing was called.")
    return name
