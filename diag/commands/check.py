"""`diag check`: for CI, exit 3 when a timeout is outside its recommendation."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.plain_text import json_text
from diag.completion.candidates import run_folders
from diag.exit_codes import ExitCode
from diag.interaction.help_examples import examples
from diag.interaction.notify_options import notifier_of, notify_options
from diag.interaction.option_values import gathered
from diag.interaction.output import NamedPath
from diag.interaction.recommend_options import recommend_options
from diag.interaction.shared_options import actions_file_option, only_option, same_within_option, skip_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.format.action_facts import ActionFacts
    from analysis.format.manifest import Manifest
    from analysis.format.run_folder import RunFolder
    from analysis.recommend_settings import RecommendSettings
    from analysis.verdicts.recommendation import Analysis
    from diag.checks.proposals import ProposalState
    from diag.checks.rules import CheckFinding
    from diag.console import Console
    from diag.notifying.notifier import Notifier
    from diag.production.production_evidence import Place
    from diag.settings import Settings
    from diag.table import Table

RULES = ("outside", "unset", "slower", "undecided", "proposed")


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What to judge, by which rules, and where to report it."""

    inputs: tuple[Path, ...]
    baselines: tuple[Path, ...]
    fail_on: tuple[str, ...]
    only: tuple[str, ...]
    skip: tuple[str, ...]
    actions_file: Path | None
    form: str
    live: bool
    profile: str | None
    junit_file: Path | None
    same_within_s: float
    notify: tuple[str, ...] = field(default=(), repr=False)
    metrics_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """Verdicts, and the runs that they rest on: none, where the org alone is asked."""

    analysis: "Analysis"
    runs: "tuple[Manifest, ...]" = ()
    folders: "tuple[RunFolder, ...]" = ()


@click.command(
    epilog=examples(
        "diag check",
        "diag check runs/NEW --baseline runs/OLD --junit check.xml --format github",
        "diag check --live --only 'CRM *' --fail-on outside",
    )
)
@click.argument(
    "inputs", nargs=-1, type=click.Path(path_type=Path), metavar="[RUN|FILE]...", shell_complete=run_folders
)
@click.option(
    "--baseline",
    "baselines",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Run to compare with; repeatable.",
)
@click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice(RULES),
    help="Rule that breaks the build; repeatable.  [default: outside, unset; with --baseline also slower]",
)
@only_option
@skip_option
@actions_file_option
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "github"]), default="table", show_default=True
)
@click.option(
    "--live", is_flag=True, help="Read the present timeouts from the org, and check every action of it."
)
@click.option("--profile", help="With --live: credentials profile.")
@click.option("--junit", "junit_file", type=NamedPath(), help="Also write JUnit XML here.")
@same_within_option
@notify_options
@gathered(CheckOptions)
@recommend_options
def command(options: CheckOptions, rules: "RecommendSettings") -> int:
    """Judge the newest run, or the runs and files given. Changes nothing; without --live it calls no API.

    \b
    outside    diag recommend --apply would set another timeout
    unset      no timeout is set, so the platform's default of 60 s applies
    slower     p99 is certainly higher than in --baseline, by more than --same-within
    undecided  the data do not allow a verdict
    proposed   a number proposed to Terraform is not in the org yet
    """
    from diag.checks.rules import Rule
    from diag.console import Console
    from diag.errors import UsageError
    from diag.metrics.metrics_file import demand_a_place
    from diag.settings import load_settings

    if Rule.SLOWER in options.fail_on and not options.baselines:
        raise UsageError(
            "--fail-on slower needs a baseline.", hint="Name the run to compare with: --baseline RUN"
        )
    console = Console(quiet=options.form != "table")
    settings = load_settings({"profile": options.profile})
    demand_a_place(options.metrics_file)
    judged = (*options.inputs, *options.baselines, *options.fail_on)
    who = " ".join((options.profile or "", *map(str, judged), *options.only, *options.skip))
    notifier = notifier_of("check", options.notify, settings, console, who=who)
    with notifier.notifying_of_failure():
        return _check(console, settings, options, rules, notifier)


def _check(
    console: "Console",
    settings: "Settings",
    options: CheckOptions,
    rules: "RecommendSettings",
    notifier: "Notifier",
) -> int:
    """Judge, report what was found in every form that was asked for, and return the exit code."""
    from analysis.verdicts.recommendation import Analysis
    from diag.changes.journal.journal import Journal
    from diag.checks.actions_checked import in_scope_with_gone
    from diag.checks.proposals import Arrival, proposals_of
    from diag.checks.rules import DEFAULT_RULES, Rule, failed, judge
    from diag.judged_files import HowToRead, choose_inputs, gather
    from diag.waiting.large_files import LargeFilesProgress

    how = HowToRead(options.actions_file)
    fail_on = tuple(Rule(name) for name in options.fail_on) or DEFAULT_RULES
    # The journal and the org tell whether a number has arrived; no run has to.
    alone = fail_on == (Rule.PROPOSED,) and not (options.inputs or options.baselines)
    org, place = _read_org(settings) if options.live else (None, None)
    if org is not None and place is not None and alone:
        evidence = Checked(
            Analysis(rules, (), org, sandbox=place.sandbox, org_id=place.org_id, host=place.host)
        )
    else:
        chosen = choose_inputs(options.inputs, settings.runs)
        with LargeFilesProgress(console, chosen) as progress:
            found = gather(chosen, rules, how=replace(how, onlooker=progress), facts=org)
        evidence = Checked(found.analysis, found.samples.manifests, found.folders)
    before = None
    if options.baselines:
        earlier = choose_inputs(options.baselines, settings.runs)
        with LargeFilesProgress(console, earlier) as progress:
            before = gather(earlier, rules, how=replace(how, onlooker=progress)).analysis
    for weakness in (*evidence.analysis.weak, *(before.weak if before else ())):
        console.warn(weakness)
    read_at = [run.created_at for run in evidence.runs]
    known_at = None if org is not None else min(read_at, default=0.0)
    ours = org if place is not None and _is_of(evidence.analysis, place) else None
    proposals = proposals_of(Journal(settings.journal).read(), evidence.analysis, known_at, ours)
    scope, left = in_scope_with_gone(
        evidence.analysis,
        [(one.action_id, one.action_name) for one in proposals if one.arrival is Arrival.NO_ACTION],
        only=options.only,
        skip=options.skip,
        org=org,
    )
    proposals = tuple(one for one in proposals if one.action_id in left)
    if Rule.PROPOSED in fail_on and not proposals:
        console.warn(f"{settings.journal} knows of no number proposed to Terraform for these actions.")
    findings = judge(
        scope,
        fail_on,
        baseline=before,
        same_within_s=options.same_within_s,
        proposals=proposals,
    )
    _show(console, options, findings, proposals)
    _tell(console, options, notifier, replace(evidence, analysis=scope), findings)
    return ExitCode.THRESHOLD if failed(findings) else ExitCode.OK


def _show(
    console: "Console",
    options: CheckOptions,
    findings: "Sequence[CheckFinding]",
    proposals: "Sequence[ProposalState]",
) -> None:
    from analysis.format.atomic_write import write_whole
    from analysis.number_words import plural
    from diag.checks.annotations import annotations
    from diag.checks.junit import junit_xml
    from diag.checks.proposals import arrival_lines
    from diag.checks.rules import failed, findings_json

    if options.junit_file is not None:
        write_whole(options.junit_file, junit_xml(findings))
    broken = failed(findings)
    if options.form == "json":
        console.result(json_text(findings_json(findings, proposals), indent=1))
    elif options.form == "github":
        console.result(annotations(findings))
    else:
        if findings:
            console.table(findings_table(findings))
        for line in arrival_lines(proposals):
            console.note(line)
        console.note(f"{len(broken)} of {plural(len(findings), 'check')} failed.")


def _tell(
    console: "Console",
    options: CheckOptions,
    notifier: "Notifier",
    evidence: "Checked",
    findings: "Sequence[CheckFinding]",
) -> None:
    """Write the series and tell the webhooks."""
    import time

    from analysis.runs.campaign_windows import report_of
    from diag.metrics.check_metrics import check_metrics
    from diag.metrics.metrics_file import write_metrics
    from diag.notifying.check_news import check_news

    analysis = evidence.analysis
    write_metrics(options.metrics_file, check_metrics(analysis, findings, time.time()), console.warn)
    org = next((run.org_name for run in evidence.runs if run.org_name), analysis.host)
    reports = [report for report in map(report_of, evidence.folders) if report.exists()]
    notifier.notify(check_news(analysis, findings, org, next(iter(reports), None)))


def _is_of(analysis: "Analysis", place: "Place") -> bool:
    """Whether the runs were made in the org that was read: a run's may be another."""
    return (analysis.org_id, analysis.host) == (place.org_id, place.host)


def _read_org(settings: "Settings") -> "tuple[dict[str, ActionFacts], Place]":
    """The org's inventory as facts, which win over those recorded with a run, and which org it is."""
    from diag.genesys.client import GenesysClient
    from diag.inventory.action_facts import facts_of
    from diag.production.look import place_of
    from diag.target import find_target

    with GenesysClient(find_target(settings).connection) as client:
        facts = {action.id: facts_of(action) for action in client.list_actions()}
        return facts, place_of(client)


def findings_table(findings: "Sequence[CheckFinding]") -> "Table":
    """Return the findings as a table, failed ones first."""
    from diag.checks.rules import CheckOutcome
    from diag.table import Column, Table

    order = [CheckOutcome.FAILED, CheckOutcome.UNDECIDED, CheckOutcome.PASSED]
    return Table(
        columns=(Column("outcome"), Column("rule"), Column("action"), Column("why", priority=2)),
        rows=tuple(
            (finding.outcome.upper(), str(finding.rule), finding.action_name, finding.message)
            for finding in sorted(findings, key=lambda finding: order.index(finding.outcome))
        ),
    )
