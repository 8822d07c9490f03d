"""`diag tune`: from an org to a reviewed plan, unattended and resumable."""

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from analysis.recommend_settings import MOST_DAYS, RecommendSettings
from analysis.typed_command import path_to_type
from diag.apply_dialog.stage_options import stage_options
from diag.errors import DiagError, UsageError
from diag.exit_codes import ExitCode
from diag.interaction.help_examples import examples
from diag.interaction.notify_options import notify_options
from diag.interaction.option_values import gathered
from diag.interaction.output import NamedPath
from diag.interaction.recommend_options import recommend_options
from diag.interaction.shared_options import action_option, otel_option, profile_option
from diag.tuning.tune_options import TuneOptions

if TYPE_CHECKING:
    from diag.campaign.saved import Saved
    from diag.clocks.wall_clock import WallClock
    from diag.console import Console
    from diag.settings import Settings
    from diag.tuning.notifying.outlets import Outlets
    from diag.tuning.tune_context import TuneContext
    from diag.tuning.which_campaign import MeantCampaign

STOPPED: Final = "Stopped. The same command goes on where it was."


@click.command(
    epilog=examples(
        "diag tune",
        "diag tune --over 3d --action 'Get Customer'",
        "diag tune --once --yes",
        "diag tune --status",
        "diag tune --apply",
        "diag tune --apply --stage 10%",
    )
)
@click.argument("workload", required=False, type=click.Path(path_type=Path))
@action_option
@click.option("--over", metavar="SPAN", help="Spread the calls over 1h to 14d.  [default: 24h]")
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), help="Days of production to look at first.  [default: 7]"
)
@click.option("--folder", type=NamedPath(), help="Folder of this campaign.  [default: runs/tune]")
@click.option(
    "--once", is_flag=True, help="Make the window that is due (within 5 minutes), then exit: for cron."
)
@click.option("--status", is_flag=True, help="Show what is measured and what is open; call nothing.")
@click.option("--dry-run", is_flag=True, help="Show what would be called and what it costs; call nothing.")
@click.option("--apply", "do_apply", is_flag=True, help="At the end: show the plan, ask, set the timeouts.")
@click.option("--yes", is_flag=True, help="Do not ask, neither before the calls nor before --apply.")
@stage_options
@profile_option
@click.option("--sandbox", is_flag=True, help="Use the built-in sandbox, whatever the settings point to.")
@otel_option
@notify_options
@gathered(TuneOptions)
@recommend_options
def command(options: TuneOptions, rules: RecommendSettings) -> int:
    """Find the timeout of every action, unattended: production first, then a few calls in many short windows.

    WORKLOAD (default: workload.toml) says what may be called, with which inputs and in which [hours]. The
    same command goes on where it was: after Ctrl-C, a crash, a restart. Nothing is changed without --apply.
    """
    from diag.changes.journal.journal import Journal
    from diag.console import Console
    from diag.interaction.notify_options import notifier_of
    from diag.measuring.open_telemetry import refuse_without_open_telemetry
    from diag.metrics.metrics_file import demand_a_place
    from diag.settings import load_settings
    from diag.tuning.notifying.outlets import Outlets
    from diag.tuning.status import show_status
    from diag.tuning.which_campaign import CampaignChoice

    _ = options.stages  # a wrong value is no surprise for the end of a day
    console = Console()
    settings = load_settings({"profile": options.profile, "sandbox": "1" if options.sandbox else None})
    options.demand_news()
    if options.otel:
        refuse_without_open_telemetry(os.environ)
    if options.status:
        choice = CampaignChoice(options, rules, settings)
        meant = choice.of_status()
        clock = partial(_clock_of_campaign, settings=settings)
        show_status(console, meant, settings.zone, Journal(settings.journal), clock, choice.beside(meant))
        return ExitCode.OK
    demand_a_place(options.metrics_file)
    notifier = notifier_of("tune", options.notify, settings, console, who=options.asked.same_campaign())
    outlets = Outlets(console, notifier, options.metrics_file)
    with notifier.notifying_of_failure():
        return _chosen_campaign(console, settings, options, rules, outlets)


def _chosen_campaign(
    console: "Console",
    settings: "Settings",
    options: TuneOptions,
    rules: RecommendSettings,
    outlets: "Outlets",
) -> int:
    """Begin the campaign that is meant or go on with it, unless another process does. Return the code."""
    from diag.clocks.target_clock import clock_of
    from diag.target import find_target
    from diag.tuning.tune_context import TuneContext
    from diag.tuning.which_campaign import CampaignChoice, place_read_once

    target = find_target(settings)
    choice = CampaignChoice(options, rules, settings, place_read_once(target))
    meant, lock = (choice.choose(), None) if options.dry_run else choice.choose_and_hold()
    if lock is None and not options.dry_run:
        if options.once:
            console.note(f"Another diag tune is at work in {meant.folder.path}; nothing to do.")
            return ExitCode.OK
        see = meant.asked.same_campaign("--status")
        raise UsageError(f"Another diag tune is at work in {meant.folder.path}.", hint=f"See: {see}")
    context = TuneContext(
        console, settings, target, meant.folder, options, rules, outlets, clock_of(target), meant.asked
    )
    try:
        return _tune(context, meant)
    except KeyboardInterrupt:
        console.note(STOPPED)
        raise
    finally:
        if lock is not None:
            os.close(lock)


def _tune(context: "TuneContext", meant: "MeantCampaign") -> int:
    """Begin or go on, make the windows, give the result; return the exit code."""
    from analysis.moment_words import at
    from diag.changes.journal.journal import Journal
    from diag.tuning.make_windows import make_windows
    from diag.tuning.result import give_result
    from diag.tuning.same_campaign import asked_by_campaign
    from diag.tuning.status import show_status

    console, zone = context.console, context.settings.zone
    saved = _saved(context, meant)
    if saved is None:
        return ExitCode.OK
    if context.options.dry_run:  # nothing is begun by it, so there was a campaign already
        show_status(console, meant, zone, Journal(context.settings.journal), lambda _: context.clock)
        return ExitCode.OK
    context = replace(context, asked=asked_by_campaign(context.asked, saved.question))
    if saved.campaign is None:
        give_result(context, saved, {}, again=meant.saved is not None)
        return ExitCode.OK
    windows = len(context.folder.windows())
    driven = make_windows(context, saved, saved.campaign)
    if driven.why != "over":
        context.outlets.goes_on(saved, context.folder, driven)
    match driven.why:
        case "over":
            nothing_new = meant.saved is not None and len(context.folder.windows()) == windows
            give_result(context, saved, driven.reached, again=nothing_new)
        case "interrupted":
            console.note(STOPPED)
            return ExitCode.INTERRUPTED
        case "not begun":
            return ExitCode.INCOMPLETE
        case "not due" if driven.slot is not None:
            console.note(f"No window is due before {at(driven.slot.due_at, zone)}.")
    return ExitCode.OK


def _clock_of_campaign(saved: "Saved", settings: "Settings") -> "WallClock":
    """Return the clock a campaign goes by, which an org need not be reached for."""
    from diag.clocks.target_clock import clock_of
    from diag.clocks.wall_clock import REAL_TIME
    from diag.target import find_target

    if not saved.sandbox:
        return REAL_TIME
    try:
        return clock_of(find_target(settings))
    except DiagError:  # it is not running: how far it was can be said all the same
        return REAL_TIME


def _saved(context: "TuneContext", meant: "MeantCampaign") -> "Saved | None":
    """Return the campaign that is meant, else a new one; None for a dry run of a new one."""
    from diag.genesys.client import GenesysClient
    from diag.tuning.approved_files import refuse_changed_files
    from diag.tuning.begin import begin
    from diag.tuning.same_campaign import as_asked_before, begins_anew, unused_workload
    from diag.waiting.rate_limit_pause import pause_note

    console, saved = context.console, meant.saved
    if context.target.sandbox:
        console.banner("SANDBOX: nothing real is called or changed" + context.target.note)
    with GenesysClient(context.target.connection, on_wait=pause_note(console)) as client:
        if saved is None:
            if meant.beside is not None:
                console.note(meant.beside)
            return begin(context, client)
        if saved.campaign is not None and context.clock.now() < saved.campaign.until:
            refuse_changed_files(saved.question, context.folder.another)  # later nothing is called by them
        if begins_anew(context.options, context.folder, saved):
            return begin(as_asked_before(context, saved), client)
    if not context.options.dry_run:
        console.note(f"Going on in {path_to_type(context.folder.path)}.")
    unused = unused_workload(context, saved)
    if unused is not None:
        console.note(unused)
    return saved
