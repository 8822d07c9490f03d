"""`diag tune`: from an org to a reviewed plan, unattended and resumable."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from analysis.settings import MOST_DAYS, RecommendSettings
from diag.errors import DiagError, UsageError
from diag.exit_codes import ExitCode, category_of
from diag.interaction.examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.output import NamedPath
from diag.interaction.recommend_options import recommend_options
from diag.interaction.shared_options import profile_option

if TYPE_CHECKING:
    from analysis.format.run_folder import RunFolder
    from analysis.verdicts.recommendation import Analysis
    from diag.campaign.campaign import Campaign
    from diag.campaign.drive import Driven, Made
    from diag.campaign.folder import CampaignFolder
    from diag.campaign.prepare import Prepared
    from diag.campaign.saved import Question, Saved
    from diag.campaign.standing import Standing
    from diag.choice.turns_file import Turn
    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.judged_files import RunEvidence
    from diag.production.evidence import ProductionEvidence
    from diag.settings import Settings
    from diag.target import Target

DEFAULT_WORKLOAD: Final = Path("workload.toml")
DEFAULT_OVER: Final = "24h"
USUAL_DAYS: Final = 7


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
    profile: str | None
    sandbox: bool

    @property
    def workload_file(self) -> Path | None:
        """Return the workload given, else the one in this folder, else None."""
        if self.workload is None and DEFAULT_WORKLOAD.is_file():
            return DEFAULT_WORKLOAD
        return self.workload


@click.command(
    epilog=examples(
        "diag tune",
        "diag tune --over 3d --action 'Get Customer'",
        "diag tune --once --yes",
        "diag tune --status",
        "diag tune --apply",
    )
)
@click.argument("workload", required=False, type=click.Path(path_type=Path))
@click.option("--action", "actions", multiple=True, metavar="NAME|ID", help="Only this action; repeatable.")
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
@profile_option
@click.option("--sandbox", is_flag=True, help="Use the built-in sandbox, whatever the settings point to.")
@gathered(TuneOptions)
@recommend_options
def command(options: TuneOptions, rules: RecommendSettings) -> int:
    """Find the timeout of every action, unattended: production first, then a few calls in many short windows.

    WORKLOAD (default: workload.toml) says what may be called, with which inputs and in which [hours]. The
    same command goes on where it was: after Ctrl-C, a crash, a restart. Nothing is changed without --apply.
    """
    from diag.campaign.folder import CampaignFolder
    from diag.console import Console
    from diag.settings import load_settings

    console = Console()
    settings = load_settings({"profile": options.profile, "sandbox": "1" if options.sandbox else None})
    folder = CampaignFolder(options.folder or settings.runs / "tune")
    if options.status:
        return _status(console, settings, folder)
    if options.dry_run:
        return _run(console, settings, folder, options, rules)
    lock = folder.lock()
    if lock is None:
        if options.once:
            console.note(f"Another diag tune is at work in {folder.path}; nothing to do.")
            return ExitCode.OK
        raise UsageError(f"Another diag tune is at work in {folder.path}.", hint="See: diag tune --status")
    try:
        return _run(console, settings, folder, options, rules)
    except KeyboardInterrupt:
        console.note("Stopped. The same command goes on where it was.")
        raise
    finally:
        os.close(lock)


def _run(
    console: "Console",
    settings: "Settings",
    folder: "CampaignFolder",
    options: TuneOptions,
    rules: RecommendSettings,
) -> int:
    from diag.genesys.client import GenesysClient
    from diag.interaction.pause_note import pause_note
    from diag.target import find_target

    saved = folder.saved()
    target = find_target(settings)
    if target.sandbox:
        console.banner("SANDBOX: nothing real is called or changed")
    with GenesysClient(target.connection, on_wait=pause_note(console)) as client:
        if saved is None:
            saved = _begin(console, client, settings, folder, options, rules)
            if saved is None:
                return ExitCode.OK
        else:
            _refuse_another_question(folder, saved, options, rules)
            _refuse_another_org(folder, saved, client)
            if options.dry_run:
                return _status(console, settings, folder)
            console.note(f"Going on in {folder.path}.")
    if saved.campaign is None:
        return _conclude(console, target, settings, folder, saved, None, options)
    confirmed = saved.org_name if settings.protected and not target.sandbox else None
    hands = LiveHands(console, saved, options, confirmed)
    driven = _drive(console, settings, folder, saved, saved.campaign, hands, once=options.once)
    if driven.why == "over":
        return _conclude(console, target, settings, folder, saved, driven.reached, options)
    if driven.why == "interrupted":
        console.note("Stopped. The same command goes on where it was.")
        return ExitCode.INTERRUPTED
    if driven.why == "not due" and driven.slot is not None:
        from diag.interaction.campaign_text import at

        console.note(f"No window is due before {at(driven.slot.due_at, settings.zone)}.")
    return ExitCode.OK


# --- before the first call --------------------------------------------------------------------------------


def _begin(
    console: "Console",
    client: "GenesysClient",
    settings: "Settings",
    folder: "CampaignFolder",
    options: TuneOptions,
    rules: RecommendSettings,
) -> "Saved | None":
    """Look, show the cost, ask once, and save what was decided; None for a dry run."""
    import secrets

    from analysis.format.run_folder import new_run_id
    from diag.campaign.prepare import Scope, budget_of, campaign_of, prepare
    from diag.campaign.saved import Saved
    from diag.campaign.span import span_s
    from diag.inventory.matching import wanted_actions
    from diag.production.look import place_of
    from diag.target import leads_to_sandbox
    from diag.workload.org_limits import read_limits
    from diag.workload.read_workload import read_workload
    from diag.workload.workload import EVERYTHING, Workload

    over = options.over or DEFAULT_OVER
    span = span_s(over)
    sandbox = leads_to_sandbox(client.connection)
    file = options.workload_file
    workload = read_workload(file) if file is not None else EVERYTHING if sandbox else None
    with console.progress("Reading actions") as bar:
        listed = client.list_actions(include_auth_actions=True, on_progress=bar.update)
    asked = wanted_actions(listed, options.actions)
    in_scope = tuple(action for action in asked if action.configurable)
    if not in_scope:
        raise UsageError("None of these actions has a timeout that can be set.", hint="See: diag scan")
    production = _look(console, client, settings, in_scope, options, rules)
    with console.progress("Reading what may be called"):
        prepared = prepare(
            client, Scope(tuple(listed), in_scope, workload, str(file) if file else None, sandbox), production
        )
    campaign = None
    now = time.time()
    if prepared.to_measure:
        budget = budget_of(read_limits(client), workload or Workload(), sandbox=sandbox)
        campaign = campaign_of(
            prepared,
            workload or Workload(),
            budget,
            rules,
            span=(now, now + span),
            seed=secrets.randbelow(2**31),
        )
    place = place_of(client)
    saved = Saved(
        campaign_id=new_run_id(now),
        host=place.host,
        org_id=place.org_id,
        org_name=place.org_name,
        sandbox=place.sandbox,
        question=_question(options, rules, over),
        campaign=campaign,
        not_called=prepared.not_called,
    )
    _show_cost(console, settings, saved, prepared, len(in_scope))
    if options.dry_run:
        return None
    if campaign is not None and not sandbox:
        _ask(console, settings, place.org_name or place.host, yes=options.yes)
    _save_production(folder, production, rules)
    folder.begin(saved)
    return saved


def _look(
    console: "Console",
    client: "GenesysClient",
    settings: "Settings",
    actions: "Sequence[object]",
    options: TuneOptions,
    rules: RecommendSettings,
) -> "ProductionEvidence":
    from typing import cast

    from diag.changes.journal.journal import Journal
    from diag.genesys.models import Action
    from diag.production.look import Question, look
    from diag.production.time_window import last_days

    changes = Journal(settings.journal).read()
    question = Question(last_days(options.days or USUAL_DAYS, datetime.now(UTC)), rules)
    with console.progress("Reading production telemetry") as bar:
        chosen = cast(Sequence[Action], actions)
        return look(client, chosen, question, changes, on_progress=bar.update)


def _question(options: TuneOptions, rules: RecommendSettings, over: str) -> "Question":
    from diag.campaign.saved import Question

    usual = asdict(RecommendSettings())
    file = options.workload_file
    return Question(
        over,
        None if file is None else str(file.resolve()),
        options.actions,
        options.days or USUAL_DAYS,
        {name: value for name, value in asdict(rules).items() if value != usual[name]},
    )


def _show_cost(
    console: "Console", settings: "Settings", saved: "Saved", prepared: "Prepared", in_scope: int
) -> None:
    from diag.campaign.evidence import before_any_call
    from diag.campaign.forecast import forecast
    from diag.campaign.spread import next_slot
    from diag.campaign.standing import WANTED_TO_LOWER
    from diag.interaction.campaign_text import cost_lines, look_lines, to_measure_table

    for line in look_lines(saved.not_called, in_scope):
        console.sentence(line, indent="")
    campaign = saved.campaign
    if campaign is None:
        console.note("Nothing to measure.")
        return
    before, first = before_any_call(campaign), next_slot(campaign, 0, campaign.began_at)
    number = forecast(campaign, before, first)
    lowering = forecast(campaign, before, first, wanted=round(1000 * WANTED_TO_LOWER))
    console.result("")
    console.table(to_measure_table(prepared, number, settings.zone))
    console.result("")
    for line in cost_lines(campaign, prepared, number, lowering, settings.zone):
        console.sentence(line, indent="")


def _ask(console: "Console", settings: "Settings", org: str, *, yes: bool) -> None:
    """Return when the calls are approved. A protected profile asks for the org's name even with --yes."""
    question = f"Call these actions of {org}?"
    if settings.protected:
        approved = console.confirm(f"{question} Protected profile: type the org's name.", expected=org)
    else:
        approved = yes or console.confirm(question)
    if not approved:
        raise UsageError("Not approved; nothing was called.")


def _save_production(
    folder: "CampaignFolder", production: "ProductionEvidence", rules: RecommendSettings
) -> None:
    from analysis.format.atomic_write import write_whole
    from analysis.plain_text import json_text
    from diag.production.evidence import to_json
    from diag.production.findings import findings_of

    body = to_json(production, findings_of(production.observed, rules))
    write_whole(folder.production, json_text(body, indent=1) + "\n")


def _refuse_another_question(
    folder: "CampaignFolder", saved: "Saved", options: TuneOptions, rules: RecommendSettings
) -> None:
    """Raise UsageError where the command asks for something else than the campaign in the folder was begun
    for."""
    from diag.campaign.saved import OTHER_FOLDER

    asked = _question(options, rules, options.over or saved.question.over)
    differs = [
        flag
        for flag, given, mine, its in (
            ("--over", options.over is not None, asked.over, saved.question.over),
            ("--action", bool(options.actions), asked.actions, saved.question.actions),
            ("--days", options.days is not None, asked.days, saved.question.days),
            ("WORKLOAD", options.workload is not None, asked.workload, saved.question.workload),
            ("the rules", bool(asked.rules), asked.rules, saved.question.rules),
        )
        if given and mine != its
    ]
    if differs:
        raise UsageError(
            f"{folder.path} holds a campaign that was begun otherwise ({', '.join(differs)}).",
            hint=OTHER_FOLDER,
        )


def _refuse_another_org(folder: "CampaignFolder", saved: "Saved", client: "GenesysClient") -> None:
    from diag.campaign.saved import OTHER_FOLDER
    from diag.production.look import place_of

    place = place_of(client)
    same = place.org_id == saved.org_id if place.org_id and saved.org_id else place.host == saved.host
    if not same:
        raise UsageError(
            f"{folder.path} holds a campaign in {saved.org_name or saved.host}, "
            f"not {place.org_name or place.host}.",
            hint=OTHER_FOLDER,
        )


# --- the windows ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LiveHands:
    """Makes each window by the same load process as `diag measure`."""

    console: "Console"
    saved: "Saved"
    options: TuneOptions
    confirm_org: str | None

    def now(self) -> float:
        """Return the time, Unix seconds."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def make(self, folder: "RunFolder", turns: "Sequence[Turn]", window_s: float) -> "Made":
        """Make one window. Raises NotMeasuredError where the same refusal would come again."""
        from analysis.format.run_folder import read_manifest
        from diag.choice.turns_file import TURNS_FILE, write_turns
        from diag.measuring.load_process import LoadOptions, run_load

        folder.path.mkdir(parents=True, exist_ok=True)
        write_turns(folder.path / TURNS_FILE, turns)
        workload = self.saved.question.workload
        environment = {
            **({"DIAG_PROFILE": self.options.profile} if self.options.profile else {}),
            **({"DIAG_SANDBOX": "1"} if self.options.sandbox else {}),
        }
        result = run_load(
            LoadOptions(
                run_dir=folder.path,
                run_time_s=window_s,
                workload=None if workload is None else Path(workload),
                turns=folder.path / TURNS_FILE,
                confirm_org=self.confirm_org,
                env=environment,
            )
        )
        if result.refusal is not None:
            if result.exit_code in (ExitCode.USAGE, ExitCode.AUTH):
                raise NotMeasuredError(result.refusal.message, result.refusal.hint, result.exit_code)
            self.console.warn(f"This window could not begin: {result.refusal.message} It is made up for.")
            return "not begun"
        if result.exit_code == ExitCode.INTERRUPTED:
            return "interrupted"
        if result.reason and result.status not in ("complete",):
            self.console.warn(result.reason)
        return "made" if read_manifest(folder) is not None else "not begun"


class NotMeasuredError(DiagError):
    """The load process refused to begin, and would again; its message and its kind of error are kept."""

    def __init__(self, message: str, hint: str | None, code: int) -> None:
        super().__init__(message, hint=hint)
        self.category = category_of(code)


def _drive(
    console: "Console",
    settings: "Settings",
    folder: "CampaignFolder",
    saved: "Saved",
    campaign: "Campaign",
    hands: LiveHands,
    *,
    once: bool,
) -> "Driven":
    from diag.campaign.drive import drive
    from diag.campaign.spread import Slot
    from diag.interaction.campaign_text import at, window_line

    announced = -1

    def on_wait(slot: Slot, begun: int) -> None:
        nonlocal announced
        if begun == announced:  # nobody was due yet; the next moment is not worth a line of its own
            return
        announced = begun
        console.note(f"Window {begun + 1} is due {at(slot.due_at, settings.zone)}. Ctrl-C stops.")

    def on_window(reached: "Mapping[str, Standing]", begun: int) -> None:
        console.note(window_line(reached, begun))

    return drive(folder, saved, campaign, hands, once=once, on_wait=on_wait, on_window=on_window)


def _status(console: "Console", settings: "Settings", folder: "CampaignFolder") -> int:
    from diag.campaign.evidence import standings_now
    from diag.campaign.forecast import forecast
    from diag.campaign.next_step import slot_for
    from diag.interaction.campaign_text import status_lines, status_table

    saved = folder.saved()
    if saved is None:
        raise UsageError(f"No campaign was begun in {folder.path}.", hint="Begin one: diag tune")
    if saved.campaign is None:
        console.sentence(
            "Production had every answer; nothing is measured. For the result: diag tune", indent=""
        )
        return ExitCode.OK
    campaign, windows, now = saved.campaign, folder.windows(), time.time()
    reached = standings_now(campaign, windows, saved.question.settings, remember=False)
    slot = slot_for(campaign, len(windows), folder.slot(), now)
    coming = forecast(campaign, reached, slot)
    console.table(status_table(campaign, reached, coming, settings.zone))
    console.result("")
    for line in status_lines(saved, campaign, reached, slot, now, settings.zone):
        console.sentence(line, indent="")
    return ExitCode.OK


# --- the result -------------------------------------------------------------------------------------------


def _conclude(
    console: "Console",
    target: "Target",
    settings: "Settings",
    folder: "CampaignFolder",
    saved: "Saved",
    reached: "Mapping[str, Standing] | None",
    options: TuneOptions,
) -> int:
    """Show the verdicts, write plan and report, and apply the plan where that was asked for."""
    from diag.campaign.evidence import judged_together
    from diag.changes.plans.plan_file import write_plan
    from diag.genesys.client import GenesysClient
    from diag.interaction.apply_exit_code import raise_for
    from diag.interaction.apply_flow import build_plan, carry_out
    from diag.interaction.apply_options import ApplyFlags
    from diag.interaction.campaign_text import open_lines
    from diag.interaction.show_analysis import show_analysis
    from diag.production.evidence import read_evidence

    production = read_evidence(folder.production)
    measured = judged_together(folder.windows(), saved.question.settings, detail=True)
    analysis = _together(production, measured)
    show_analysis(console, analysis)
    if reached is not None and saved.campaign is not None:
        names = {one.action_id: one.name for one in saved.campaign.actions}
        for line in open_lines(reached, names):
            console.note(line)
    for path in _write_reports(folder, measured, production, settings.zone):
        console.note(f"Report: {path}")
    with GenesysClient(target.connection) as client:
        plan = build_plan(console, client, analysis)
    write_plan(plan, folder.plan)
    console.note(f"{plan.counts} Plan: {folder.plan}")
    if options.do_apply:
        carry_out(console, target, settings, plan, ApplyFlags(yes=options.yes))
        return ExitCode.OK
    raise_for((), "", plan.unread)
    if plan.changes:
        console.note(f"Nothing was changed. To set the timeouts: diag apply {folder.plan}")
    console.result(str(folder.path))
    return ExitCode.OK


def _together(production: "ProductionEvidence", measured: "RunEvidence | None") -> "Analysis":
    """Return what was measured, and of every action that was not, what production says; worst harm first."""
    from analysis.verdicts.severity import harm

    if measured is None:
        return production.analysis
    own = measured.analysis
    known = {row.action_id for row in own.actions}
    others = [row for row in production.analysis.actions if row.action_id not in known]
    return replace(
        own,
        actions=tuple(sorted((*own.actions, *others), key=harm)),
        facts={**production.analysis.facts, **own.facts},
    )


def _write_reports(
    folder: "CampaignFolder",
    measured: "RunEvidence | None",
    production: "ProductionEvidence",
    zone: str | None,
) -> "list[Path]":
    """Write the report of what was measured, with production beside it, and that of production alone."""
    from analysis.format.atomic_write import write_whole
    from diag import __version__
    from diag.judged_files import report_data
    from diag.production.findings import findings_of
    from diag.production.report_series import production_page, with_production
    from reports.pages.report_page import build_report

    rules = production.analysis.settings
    findings = findings_of(production.observed, rules)
    written = []
    if measured is not None:
        data = report_data(measured, zone=zone)
        write_whole(folder.report, build_report(with_production(data, production, findings, rules)))
        written.append(folder.report)
    if production.observed:
        page = production_page(production, findings, {}, version=__version__, zone=zone)
        path = folder.report if measured is None else folder.production_report
        write_whole(path, build_report(page))
        written.append(path)
    return written
