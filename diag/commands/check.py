"""`diag check`: for CI, exit 3 when a timeout is outside its recommendation."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diag.exit_codes import ExitCode
from diag.interaction.recommend_options import recommend_options, recommend_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.format.action_facts import ActionFacts
    from diag.checks.rules import Finding
    from diag.settings import Settings
    from diag.table import Table

RULES = ("outside", "unset", "slower", "undecided")


@click.command(
    short_help="For CI: exit 3 when a timeout is outside its recommendation.",
    epilog="\b\nExamples:\n"
    "  diag check\n"
    "  diag check runs/NEW --baseline runs/OLD --junit check.xml --format github\n"
    "  diag check --live --only 'CRM *' --fail-on outside\n",
)
@click.argument("inputs", nargs=-1, type=click.Path(path_type=Path), metavar="[RUN|FILE]...")
@click.option(
    "--baseline", "baselines", multiple=True, type=click.Path(path_type=Path), help="Run to compare with."
)
@click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice(RULES),
    help="What breaks the build; repeatable.  [default: outside, unset, and slower with --baseline]",
)
@click.option("--only", multiple=True, metavar="ACTION", help="Only this action (name, id or *); repeatable.")
@click.option("--skip", multiple=True, metavar="ACTION", help="Not this action (name, id or *); repeatable.")
@click.option("--actions", "actions_file", type=click.Path(path_type=Path), help="Facts beside a bare file.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "github"]), default="table", show_default=True
)
@click.option(
    "--live", is_flag=True, help="Read the org's timeouts of now; every action of the org is in scope then."
)
@click.option("--profile", help="With --live: credentials profile.")
@click.option("--junit", "junit_file", type=click.Path(path_type=Path), help="Also write JUnit XML here.")
@recommend_options
def command(
    inputs: tuple[Path, ...],
    baselines: tuple[Path, ...],
    fail_on: tuple[str, ...],
    form: str,
    junit_file: Path | None,
    live: bool,
    profile: str | None,
    **values: Any,
) -> int:
    """Judge the newest run, or the runs and files given. Changes nothing; calls no API without --live.

    outside: the timeout is not the recommended one. unset: the platform's default of 60 s is in force.
    slower: p99 is surely higher than in --baseline. undecided: the data allow no verdict.
    """
    from diag.atomic_write import write_whole
    from diag.checks.annotations import annotations
    from diag.checks.junit import junit_xml
    from diag.checks.rules import DEFAULT_RULES, Rule, failed, judge
    from diag.checks.scope import in_scope
    from diag.console import Console
    from diag.errors import UsageError
    from diag.evidence import choose_inputs, gather
    from diag.settings import load_settings

    rules = tuple(Rule(name) for name in fail_on) or DEFAULT_RULES
    if Rule.SLOWER in map(Rule, fail_on) and not baselines:
        raise UsageError("slower than what?", hint="Name the run to compare with: --baseline RUN")
    console = Console(quiet=form != "table")
    settings = load_settings({"profile": profile})
    how, file = recommend_settings(values), values["actions_file"]
    facts = _facts_of_now(settings) if live else None
    chosen = choose_inputs(inputs, settings.runs)
    found = gather(chosen, how, actions_file=file, facts=facts).analysis
    before = None
    if baselines:
        before = gather(choose_inputs(baselines, settings.runs), how, actions_file=file).analysis
    for weakness in (*found.weak, *(before.weak if before else ())):
        console.warn(weakness)
    scope = in_scope(found, only=values["only"], skip=values["skip"], org=facts)
    findings = judge(scope, rules, baseline=before)
    if junit_file is not None:
        write_whole(junit_file, junit_xml(findings))
    broken = failed(findings)
    if form == "json":
        body = {"format_version": 1, "failed": len(broken), "findings": [asdict(item) for item in findings]}
        console.result(json.dumps(body, indent=1, allow_nan=False))
    elif form == "github":
        console.result(annotations(findings))
    else:
        if findings:
            console.table(findings_table(findings))
        console.note(f"{len(broken)} of {len(findings)} checks failed.")
    return ExitCode.THRESHOLD if broken else ExitCode.OK


def _facts_of_now(settings: "Settings") -> "dict[str, ActionFacts]":
    """The org's inventory as facts; they win over those noted when the run was made."""
    from diag.genesys.client import GenesysClient
    from diag.inventory.action_facts import facts_of
    from diag.target import find_target

    with GenesysClient(find_target(settings).connection) as client:
        return {action.id: facts_of(action) for action in client.list_actions()}


def findings_table(findings: "Sequence[Finding]") -> "Table":
    """Return the findings as a table, what failed first."""
    from diag.checks.rules import Outcome
    from diag.table import Column, Table

    order = [Outcome.FAILED, Outcome.UNDECIDED, Outcome.PASSED]
    return Table(
        columns=(Column("outcome"), Column("rule"), Column("action"), Column("why", priority=2)),
        rows=tuple(
            (finding.outcome.upper(), str(finding.rule), finding.action_name, finding.message)
            for finding in sorted(findings, key=lambda finding: order.index(finding.outcome))
        ),
    )
