"""`diag recommend`: the right timeout for each action, and why; `--apply` sets it."""

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diag.exit_codes import ExitCode
from diag.interaction.recommend_options import recommend_options, recommend_settings, stated_flags, typed

if TYPE_CHECKING:
    from analysis.verdicts.recommendation import Analysis
    from diag.console import Console
    from diag.evidence import RunEvidence
    from diag.settings import Settings

_ONLY_WHEN_CHANGING = {
    "--yes": "yes",
    "--dry-run": "dry_run",
    "--force": "force",
    "--only": "only",
    "--skip": "skip",
    "--max-changes": "max_changes",
    "--no-verify": "no_verify",
    "--allow-side-effects": "allow_side_effects",
}

FORMATS = ("table", "json", "csv", "md", "terraform", "gc")


@click.command(
    short_help="Say the right timeout for each action, and why; --apply sets it.",
    epilog="Examples:  diag recommend   diag recommend runs/A runs/B --format json   diag recommend --apply",
)
@click.argument("inputs", nargs=-1, type=click.Path(path_type=Path), metavar="[RUN|FILE]...")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the result here, not to stdout.")
@click.option("--actions", "actions_file", type=click.Path(path_type=Path), help="Facts beside a bare file.")
@click.option(
    "--terraform-state", type=click.Path(path_type=Path), help="State or export with the resources."
)
@click.option("--apply", "do_apply", is_flag=True, help="Show the plan, ask, and set the timeouts.")
@click.option("--yes", is_flag=True, help="With --apply: do not ask (needed without a terminal).")
@click.option("--dry-run", is_flag=True, help="With --apply: all reads and checks, no change.")
@click.option("--force", is_flag=True, help="Also what a guard holds back: lower on grade C, unstable.")
@click.option("--only", multiple=True, metavar="ACTION", help="Only this action (name or id); repeatable.")
@click.option("--skip", multiple=True, metavar="ACTION", help="Not this action (name or id); repeatable.")
@click.option(
    "--max-changes", type=click.IntRange(1), help="Change at most this many; the rest is skipped, saying so."
)
@click.option("--no-verify", is_flag=True, help="With --apply: no test call after each change.")
@click.option("--allow-side-effects", is_flag=True, help="Let the test call run actions that are not GET.")
@click.option("--on-error", type=click.Choice(["stop", "continue"]), default="stop", show_default=True)
@click.option("--out", "plan_file", type=click.Path(path_type=Path), help="Save the plan for `diag apply`.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 4 when timeouts need a change.")
@click.option("--profile", help="Credentials profile.")
@recommend_options
def command(
    inputs: tuple[Path, ...], form: str, output: Path | None, profile: str | None, **values: Any
) -> int:
    """Read runs or sample files, judge every action, and change nothing unless --apply is given.

    Without RUN or FILE the newest run is read. The number is p99 plus a buffer, never below the upper
    bound of p99, rounded up to a whole second, capped.
    """
    from diag.console import Console
    from diag.errors import UsageError
    from diag.evidence import choose_inputs, gather, write_recommendations
    from diag.interaction.show_analysis import CLOSED_MODEL, next_step, show_analysis
    from diag.settings import load_settings

    if output is not None and form == "table":
        raise UsageError("A table is for the terminal.", hint="With -o, choose a --format: csv, md or json.")
    changing = values["do_apply"] or values["plan_file"] is not None
    idle = [flag for flag, name in _ONLY_WHEN_CHANGING.items() if values[name]]
    if idle and not changing:
        raise UsageError(
            f"{', '.join(idle)} mean nothing here: nothing is changed.",
            hint="Add --apply (or --out plan.json).",
        )
    console = Console(quiet=form != "table" and not changing)
    settings = load_settings({"profile": profile})
    chosen = choose_inputs(inputs, settings.runs)
    rules, facts_file = recommend_settings(values), values["actions_file"]
    beside = () if facts_file is None else ("--actions", str(facts_file))
    source = shlex.join([*map(typed, (inputs and chosen) or ()), *beside, *stated_flags(rules)]) or None
    evidence = gather(chosen, rules, actions_file=facts_file, source=source)
    what_if = bool(stated_flags(rules)) or facts_file is not None
    for folder in evidence.folders[:1] if len(chosen) == 1 and not what_if else ():
        write_recommendations(folder, evidence.analysis)  # the run's record, which the index reads
    for weakness in evidence.analysis.weak:
        console.warn(weakness)
    if any(manifest.model == "closed" for manifest in evidence.samples.manifests):
        console.warn(CLOSED_MODEL)
    if form == "table":
        show_analysis(console, evidence.analysis)
    else:
        _emit(console, _formatted(evidence, form, values["terraform_state"], settings.zone), output)
    if changing:
        _change(console, settings, evidence.analysis, values)
    elif form == "table":
        console.note(next_step(evidence.analysis, sys.argv[1:]))
    changes_pending = any(row.verdict in ("raise", "lower") for row in evidence.analysis.actions)
    if values["detailed_exitcode"] and changes_pending and not values["do_apply"]:
        return ExitCode.CHANGES
    return ExitCode.OK


def _formatted(evidence: "RunEvidence", form: str, terraform_state: Path | None, zone: str | None) -> str:
    analysis = evidence.analysis
    if form == "csv":
        from reports.exports.csv import build_csv

        return build_csv(analysis)
    if form == "md":
        from diag.evidence import report_data
        from reports.exports.markdown import build_markdown

        return build_markdown(report_data(evidence, zone=zone, charts=False))
    if form == "terraform":
        from diag.changes.exports.terraform import terraform_lines

        return terraform_lines(analysis, terraform_state)
    if form == "gc":
        from diag.changes.exports.gc_cli import gc_calls

        return gc_calls(analysis)
    from analysis.verdicts.analysis_json import analysis_to_json

    return json.dumps(analysis_to_json(analysis), indent=1, allow_nan=False)


def _emit(console: "Console", text: str, output: Path | None) -> None:
    from diag.atomic_write import write_whole

    if output is None:
        console.result(text)
    else:
        write_whole(output, text if text.endswith("\n") else text + "\n")
        console.note(f"Written to {output}")


def _change(console: "Console", settings: "Settings", analysis: "Analysis", values: dict[str, Any]) -> None:
    from diag.changes.plans.plan_file import write_plan
    from diag.genesys.client import GenesysClient
    from diag.interaction.apply_flow import build_plan, carry_out
    from diag.target import find_target

    target = find_target(settings)
    with GenesysClient(target.connection) as client:
        plan = build_plan(
            client,
            analysis,
            force=values["force"],
            only=values["only"],
            skip=values["skip"],
            max_changes=values["max_changes"],
            console=console,
        )
    if values["plan_file"]:
        write_plan(plan, values["plan_file"])
        console.note(f"Plan saved. To carry out exactly this: diag apply {values['plan_file']}")
    if values["do_apply"]:
        carry_out(
            console,
            target,
            settings,
            plan,
            yes=values["yes"],
            dry_run=values["dry_run"],
            verify=not values["no_verify"],
            allow_side_effects=values["allow_side_effects"],
            on_error=values["on_error"],
        )
