"""`diag observe`: recommend from production telemetry, without any load."""

import json
import shlex
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from diag.interaction.recommend_options import recommend_options, recommend_settings, stated_flags

if TYPE_CHECKING:
    from analysis.samples.sample_set import SampleSet
    from analysis.settings import RecommendSettings
    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.genesys.models import Action
    from diag.production.evidence import Place, ProductionEvidence
    from diag.production.findings import Finding
    from diag.settings import Settings
    from reports.report_data import ReportData

MOST_DAYS: Final = 31
USUAL_DAYS: Final = 7
FORMAT_BY_SUFFIX: Final = {".html": "html", ".json": "json", ".csv": "csv", ".md": "md"}


@click.command(
    short_help="Recommend from production telemetry, without any load.",
    epilog="Examples:  diag observe   diag observe 'Get Customer' --days 14 --against runs/A   "
    "diag observe -o production.html   diag observe -o production.json",
)
@click.argument("actions", nargs=-1, metavar="[ACTION]...")
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), default=USUAL_DAYS, show_default=True, help="How far back."
)
@click.option("--against", type=click.Path(path_type=Path), help="A test run: does it resemble production?")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "html", "json", "csv", "md"]),
    help="Default: a table, or what -o ends in (.html, .json, .csv, .md).",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write the result here. JSON can be drawn beside a test later: diag report --production FILE.",
)
@click.option("--out", "plan_file", type=click.Path(path_type=Path), help="Save a plan for `diag apply`.")
@click.option("--force", is_flag=True, help="With --out: also what a guard holds back.")
@click.option("--profile", help="Credentials profile.")
@recommend_options
def command(
    actions: tuple[str, ...],
    days: int,
    against: Path | None,
    form: str | None,
    output: Path | None,
    plan_file: Path | None,
    force: bool,
    profile: str | None,
    **values: Any,
) -> None:
    """Count production executions per whole second and hour, and judge them as a run is judged.

    Nothing is executed or changed. Six calls tell one action; actions nobody uses cost none.
    """
    from analysis.samples.read_samples import read_samples
    from diag.console import Console
    from diag.errors import UsageError
    from diag.evidence import choose_inputs
    from diag.genesys.client import GenesysClient
    from diag.interaction.pause_note import pause_note
    from diag.production.findings import findings_of
    from diag.settings import load_settings
    from diag.target import find_target

    suffix = output.suffix.lower() if output is not None else ""
    form = form or FORMAT_BY_SUFFIX.get(suffix, "table")
    if output is not None and form == "table":
        raise UsageError(
            "A table is for the terminal.", hint="With -o, name a .html, .json, .csv or .md file."
        )
    console = Console(quiet=form != "table")
    settings = load_settings({"profile": profile})
    judged_by = recommend_settings(values)
    test = read_samples(choose_inputs([against], settings.runs)) if against else None
    target = find_target(settings)
    with GenesysClient(target.connection, on_wait=pause_note(console)) as client:
        if target.sandbox:
            console.banner("SANDBOX: made-up production of a local sandbox")
        source = _again(actions, days, judged_by, profile)
        evidence = _read(console, client, settings, actions, days, judged_by, source)
        findings = findings_of(evidence.observed, judged_by, test)
        if form == "table":
            _show(console, evidence, findings, source)
        else:
            _emit(console, _formatted(evidence, findings, test, form, settings.zone, source), output)
        if plan_file is not None:
            _save_plan(console, client, evidence, plan_file, force=force)


def _read(
    console: "Console",
    client: "GenesysClient",
    settings: "Settings",
    wanted: Sequence[str],
    days: int,
    judged_by: "RecommendSettings",
    source: str,
) -> "ProductionEvidence":
    from diag.changes.journal.journal import Journal
    from diag.production.evidence import evidence_of
    from diag.production.last_timeout_changes import last_changes
    from diag.production.read_telemetry import read_production
    from diag.production.time_window import last_days

    window = last_days(days, datetime.now(UTC))
    with console.progress("Reading actions") as bar:
        chosen = _chosen(client.list_actions(include_auth_actions=False, on_progress=bar.update), wanted)
    with console.progress("Reading production telemetry") as bar:
        production = read_production(
            client,
            chosen,
            window,
            changed_at=last_changes(Journal(settings.journal).read(), client.connection.host),
            on_progress=bar.update,
        )
    limit = _concurrency_limit(client)
    return evidence_of(production, window, judged_by, _place(client), limit, source=source)


def _again(actions: Sequence[str], days: int, judged_by: "RecommendSettings", profile: str | None) -> str:
    """Return the arguments that ask the same question again."""
    asked = [*actions, *(["--days", str(days)] if days != USUAL_DAYS else [])]
    return shlex.join([*asked, *stated_flags(judged_by), *(["--profile", profile] if profile else [])])


def _chosen(actions: "Sequence[Action]", wanted: Sequence[str]) -> "list[Action]":
    from diag.errors import UsageError

    unknown = [text for text in wanted if not any(text in (action.id, action.name) for action in actions)]
    if unknown:
        raise UsageError(
            f"The org has no action {', '.join(map(repr, unknown))}.",
            hint="diag scan lists their names and ids.",
        )
    return [action for action in actions if not wanted or action.id in wanted or action.name in wanted]


def _place(client: "GenesysClient") -> "Place":
    from diag.genesys.errors import ApiError
    from diag.production.evidence import Place
    from diag.target import leads_to_sandbox

    connection = client.connection
    try:
        org = client.organization()
    except ApiError:
        return Place(connection.host, leads_to_sandbox(connection))  # the name is for the reader only
    return Place(connection.host, leads_to_sandbox(connection), org.id, org.name)


def _concurrency_limit(client: "GenesysClient") -> int | None:
    from diag.genesys.errors import ApiError

    try:
        return client.limits().get("actions.concurrent.executions.max")
    except ApiError:
        return None  # only the cost of a hung backend is not said then


def _show(
    console: "Console", evidence: "ProductionEvidence", findings: "Mapping[str, Finding]", source: str
) -> None:
    from diag.interaction.show_analysis import show_analysis
    from diag.production.evidence import UNKNOWN, plan_command
    from diag.table import clean

    analysis = evidence.analysis
    if evidence.observed:
        show_analysis(console, analysis)
    for row in analysis.actions:
        one = evidence.observed[row.action_id]
        for remark in one.remarks:
            console.warn(f"{clean(row.action_name)}: {remark}.")
        for line in findings[row.action_id].lines(changed=one.changed):
            console.result(f"  {clean(row.action_name)}: {line}")
    for missing in evidence.not_observed:
        console.note(f"Not judged: {clean(missing.action_name)}: {missing.why}")
    console.note(UNKNOWN)
    if not evidence.observed:
        console.note("Nothing was executed in production: measure instead with diag measure.")
    elif any(row.verdict in ("raise", "lower") for row in analysis.actions):
        console.note(f"Nothing was changed. Next: {plan_command(source)}, then diag apply plan.json")
    if evidence.observed:
        console.note("The page with curves: the same command with -o production.html")


def _formatted(
    evidence: "ProductionEvidence",
    findings: "Mapping[str, Finding]",
    test: "SampleSet | None",
    form: str,
    zone: str | None,
    source: str,
) -> str:
    if form == "json":
        from diag.production.evidence import to_json

        return json.dumps(to_json(evidence, findings), indent=1, allow_nan=False) + "\n"
    if form == "csv":
        from reports.exports.csv import build_csv

        return build_csv(evidence.analysis)
    data = _page(evidence, findings, test, zone, source)
    if form == "md":
        from reports.exports.markdown import build_markdown

        return build_markdown(data)
    from reports.pages.report_page import build_report

    return build_report(data)


def _page(
    evidence: "ProductionEvidence",
    findings: "Mapping[str, Finding]",
    test: "SampleSet | None",
    zone: str | None,
    source: str,
) -> "ReportData":
    from analysis.views.summarise import summarise
    from diag import __version__
    from diag.production.report_series import production_page

    tests = summarise(test, evidence.analysis.settings) if test is not None else {}
    return production_page(evidence, findings, tests, version=__version__, zone=zone, source=source or None)


def _emit(console: "Console", text: str, output: Path | None) -> None:
    from diag.atomic_write import write_whole

    if output is None or str(output) == "-":
        console.result(text.rstrip("\n"))
        return
    write_whole(output, text)
    console.result(str(output))


def _save_plan(
    console: "Console",
    client: "GenesysClient",
    evidence: "ProductionEvidence",
    plan_file: Path,
    *,
    force: bool,
) -> None:
    from diag.changes.plans.plan_file import write_plan
    from diag.interaction.apply_flow import build_plan

    plan = build_plan(client, evidence.analysis, force=force)
    write_plan(plan, plan_file)
    console.note(f"{plan.counts} Saved; to carry out exactly this: diag apply {plan_file}")
