"""`diag observe`: recommend from production telemetry, without any load."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from diag.commands.recommend_options import recommend_options, recommend_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.recommendation import Analysis
    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.genesys.models import Action
    from diag.production.findings import Finding
    from diag.production.reading import Production
    from diag.settings import Settings

MOST_DAYS: Final = 31
UNKNOWN: Final = (
    "Genesys documents neither how late these numbers come (the newest hour is left out) nor whether test "
    "calls are among them, and executions that failed fast count as fast ones."
)
"""What the platform does not tell about its telemetry (API notes, 6)."""


@click.command(
    short_help="Recommend from production telemetry, without any load.",
    epilog="Examples:  diag observe   diag observe 'Get Customer' --days 14 --against runs/A",
)
@click.argument("actions", nargs=-1, metavar="[ACTION]...")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=7, show_default=True, help="How far back.")
@click.option("--against", type=click.Path(path_type=Path), help="A test run: does it resemble production?")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
@click.option("--out", "plan_file", type=click.Path(path_type=Path), help="Save a plan for `diag apply`.")
@click.option("--force", is_flag=True, help="With --out: also what a guard holds back.")
@click.option("--profile", help="Credentials profile.")
@recommend_options
def command(
    actions: tuple[str, ...],
    days: int,
    against: Path | None,
    form: str,
    plan_file: Path | None,
    force: bool,
    profile: str | None,
    **values: Any,
) -> None:
    """Count production executions per whole second and hour, and judge them as a run is judged.

    Nothing is executed or changed. Six calls tell one action; actions nobody uses cost none.
    """
    from analysis.production import recommend_from_buckets
    from analysis.reading import read_samples
    from diag.commands.pause_note import pause_note
    from diag.console import Console
    from diag.evidence import choose_inputs
    from diag.genesys.client import GenesysClient
    from diag.production.facts import bucket_counts, facts_of
    from diag.production.findings import findings_of
    from diag.settings import load_settings
    from diag.target import find_target

    console = Console(quiet=form != "table")
    settings = load_settings({"profile": profile})
    judged_by = recommend_settings(values)
    test = read_samples(choose_inputs([against], settings.runs)) if against else None
    target = find_target(settings)
    with GenesysClient(target.connection, on_wait=pause_note(console)) as client:
        if target.sandbox:
            console.banner("SANDBOX: made-up production of a local sandbox")
        production = _read(console, client, settings, actions, days)
        observed = production.observed
        counts = {entry.action.id: bucket_counts(entry) for entry in observed}
        analysis = recommend_from_buckets(
            list(counts.values()),
            {entry.action.id: facts_of(entry) for entry in observed},
            judged_by,
            concurrency_limit=_concurrency_limit(client),
        )
        findings = findings_of(production, counts, judged_by, test)
        _show(console, analysis, production, findings, form)
        if plan_file is not None:
            _save_plan(console, client, analysis, plan_file, force=force)


def _read(
    console: "Console", client: "GenesysClient", settings: "Settings", wanted: "Sequence[str]", days: int
) -> "Production":
    from diag.changes.journal import Journal
    from diag.production.last_changes import last_changes
    from diag.production.reading import read_production
    from diag.production.window import last_days

    with console.progress("Reading actions") as bar:
        chosen = _chosen(client.list_actions(include_auth_actions=False, on_progress=bar.update), wanted)
    with console.progress("Reading production telemetry") as bar:
        return read_production(
            client,
            chosen,
            last_days(days, datetime.now(UTC)),
            changed_at=last_changes(Journal(settings.journal).read(), client.connection.host),
            on_progress=bar.update,
        )


def _chosen(actions: "Sequence[Action]", wanted: "Sequence[str]") -> "list[Action]":
    from diag.errors import UsageError

    unknown = [text for text in wanted if not any(text in (action.id, action.name) for action in actions)]
    if unknown:
        raise UsageError(
            f"The org has no action {', '.join(map(repr, unknown))}.",
            hint="diag scan lists their names and ids.",
        )
    return [action for action in actions if not wanted or action.id in wanted or action.name in wanted]


def _show(
    console: "Console",
    analysis: "Analysis",
    production: "Production",
    findings: "Mapping[str, Finding]",
    form: str,
) -> None:
    from diag.commands.recommend import show
    from diag.production.facts import remarks

    if form == "json":
        console.result(json.dumps(_as_json(analysis, production, findings), indent=1, allow_nan=False))
        return
    if form == "csv":
        from reports.csv_export import build_csv

        console.result(build_csv(analysis))
        return
    if production.observed:
        show(console, analysis)
    for entry in production.observed:
        for remark in remarks(entry):
            console.warn(f"{entry.action.name}: {remark}.")
        for line in findings[entry.action.id].lines(changed=entry.since_change is not None):
            console.result(f"  {entry.action.name}: {line}")
    for missing in production.not_observed:
        console.note(f"Not judged: {missing.action.name}: {missing.why}")
    console.note(UNKNOWN)
    if not production.observed:
        console.note("Nothing was executed in production: measure instead with diag measure.")
    elif any(row.verdict in ("raise", "lower") for row in analysis.actions):
        console.note("Nothing was changed. Next: diag observe --out plan.json, then diag apply plan.json")


def _concurrency_limit(client: "GenesysClient") -> int | None:
    from diag.genesys.errors import ApiError

    try:
        return client.limits().get("actions.concurrent.executions.max")
    except ApiError:
        return None  # only the cost of a hung backend is not said then


def _as_json(
    analysis: "Analysis", production: "Production", findings: "Mapping[str, Finding]"
) -> dict[str, object]:
    from analysis.to_json import analysis_to_json
    from diag.production.facts import remarks

    return {
        **analysis_to_json(analysis),
        "source": "production",
        "observed": [
            {
                "action_id": entry.action.id,
                "since": entry.window.since.isoformat(),
                "until": entry.window.until.isoformat(),
                "executions": entry.executions,
                "remarks": list(remarks(entry)),
                "drift": asdict(findings[entry.action.id].drift),
                "test_against_production": (
                    asdict(found) if (found := findings[entry.action.id].resemblance) else None
                ),
            }
            for entry in production.observed
        ],
        "not_observed": [
            {"action_id": missing.action.id, "action_name": missing.action.name, "why": missing.why}
            for missing in production.not_observed
        ],
        "unknown": UNKNOWN,
    }


def _save_plan(
    console: "Console", client: "GenesysClient", analysis: "Analysis", plan_file: Path, *, force: bool
) -> None:
    from diag.changes.plan_file import write_plan
    from diag.commands.apply_flow import build_plan

    plan = build_plan(client, analysis, force=force)
    write_plan(plan, plan_file)
    console.note(f"{plan.counts} Saved; to carry out exactly this: diag apply {plan_file}")
