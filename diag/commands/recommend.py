"""`diag recommend`: the right timeout for each action, and why; `--apply` sets it."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.plain_text import json_text
from analysis.recommend_settings import RecommendSettings
from diag.apply_dialog.change_options import ChangeOptions, change_options
from diag.completion.candidates import run_folders
from diag.exit_codes import ExitCode
from diag.interaction.help_examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.output import goes_to_stdout, output_option, write_result
from diag.interaction.recommend_options import asked_of, recommend_options
from diag.interaction.shared_options import actions_file_option, profile_option
from diag.interaction.tool_options import ToolFlags, read_tool_options, tool_options
from diag.terraform_dialog.edit_options import EditOptions, demand_flags_that_agree, edit_options

if TYPE_CHECKING:
    from analysis.verdicts.recommendation import Analysis
    from diag.changes.exports.terraform_output import KnownResources
    from diag.console import Console
    from diag.judged_files import RunEvidence
    from diag.settings import Settings
    from diag.terraform_dialog.evidence_to_edit import EvidenceToEdit

FORMATS = ("table", "json", "csv", "md", "terraform", "gc")


@dataclass(frozen=True, slots=True)
class RecommendOptions:
    """What to judge, and where to show the verdicts."""

    inputs: tuple[Path, ...]
    form: str
    output: Path | None
    actions_file: Path | None
    detailed_exitcode: bool
    profile: str | None


@click.command(
    epilog=examples("diag recommend", "diag recommend runs/A runs/B --format json", "diag recommend --apply")
)
@click.argument(
    "inputs", nargs=-1, type=click.Path(path_type=Path), metavar="[RUN|FILE]...", shell_complete=run_folders
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@output_option
@actions_file_option
@edit_options
@change_options
@click.option("--detailed-exitcode", is_flag=True, help="Exit 4 when --apply would change a timeout.")
@profile_option
@gathered(RecommendOptions)
@gathered(EditOptions, "terraform")
@tool_options
@recommend_options
def command(
    options: RecommendOptions,
    change: ChangeOptions,
    terraform: EditOptions,
    tool_flags: ToolFlags,
    rules: RecommendSettings,
) -> int:
    """Judge every action of the newest run, or of the runs and sample files given.

    The folder of a campaign (runs/tune) counts with all its windows. Files of JMeter, k6, vegeta and Locust,
    and access logs, are recognised, or named by --as; any other table is read by --map.

    --only and --skip choose which actions are judged. Nothing is changed without --apply. The recommended
    timeout is p99 plus a buffer, never below the upper bound of p99, rounded up to a whole second, and at
    most --cap.
    """
    from analysis.typed_command import rule_flags
    from analysis.verdicts.evidence_to_set import will_be_set
    from analysis.verdicts.sentences.warning_sentences import about_other_tools
    from diag.checks.actions_checked import in_scope
    from diag.console import Console
    from diag.errors import UsageError
    from diag.interaction.show_analysis import CLOSED_MODEL, LABELS_AS_NAMES, apply_command, show_analysis
    from diag.judged_files import HowToRead, choose_inputs, gather, write_recommendations
    from diag.settings import load_settings
    from diag.target import must_name_sandbox
    from diag.waiting.large_files import LargeFilesProgress

    if not goes_to_stdout(options.output) and options.form == "table":
        raise UsageError("A table is for the terminal.", hint="With -o, choose a --format: csv, md or json.")
    beside = (*change.flags_of_an_apply, *(("--detailed-exitcode",) if options.detailed_exitcode else ()))
    demand_flags_that_agree(terraform, options.form, beside)
    if change.flags_of_a_plan and not change.wanted and terraform.edit is None:
        raise UsageError(
            f"Only with --apply or --out: {', '.join(change.flags_of_a_plan)}.",
            hint="Add --apply (or --out plan.json).",
        )
    console = Console(quiet=options.form != "table" and not change.wanted)
    settings = load_settings({"profile": options.profile})
    production_alone = None if options.inputs else terraform.production
    chosen = () if production_alone else choose_inputs(options.inputs, settings.runs)
    judges = asked_of(
        chosen if options.inputs else (),
        options.actions_file,
        tool_flags=tool_flags,
        only=change.only,
        skip=change.skip,
        profile=options.profile,
    )
    asked = replace(judges, sandbox_must_be_named=must_name_sandbox(settings))
    if production_alone is not None:
        from diag.terraform_dialog.evidence_to_edit import evidence_of_production

        alone = evidence_of_production(production_alone, rules, asked.by(rules))
        return _edit(alone, change, terraform, settings, options.output)
    tools = read_tool_options(tool_flags)
    known = _known_resources(options, terraform)  # first: one that cannot be read costs no wait
    with LargeFilesProgress(console, chosen) as progress:
        whole = gather(
            chosen,
            rules,
            how=HowToRead(options.actions_file, tools, progress),
            asked=asked,
            zone=settings.zone,
        )
    evidence = replace(whole, analysis=in_scope(whole.analysis, only=change.only, skip=change.skip))
    # First: a file that it cannot be made with must not leave a trace.
    shown_here = options.form == "table" or terraform.edit is not None
    text = None if shown_here else _formatted(evidence, options, known, settings)
    what_if = bool(rule_flags(rules) or asked.scope or options.actions_file)
    for folder in evidence.folders if len(evidence.folders) == len(chosen) == 1 and not what_if else ():
        write_recommendations(folder, evidence.analysis)  # the run's record, which the index reads
    for weakness in evidence.analysis.weak:
        console.warn(weakness)
    if any(manifest.model == "closed" for manifest in evidence.samples.manifests):
        console.warn(CLOSED_MODEL)
    for sentence in dict.fromkeys(
        sentence for others in evidence.samples.other_tools.values() for sentence in about_other_tools(others)
    ):
        console.warn(f"{sentence[0].upper()}{sentence[1:]}.")
    if terraform.edit is not None:
        from diag.terraform_dialog.evidence_to_edit import evidence_of_runs, with_production

        both = terraform.production and with_production(whole, terraform.production, rules)
        return _edit(both or evidence_of_runs(whole, chosen), change, terraform, settings, options.output)
    if evidence.samples.other_tools and not (tools.action or tools.labels or options.actions_file):
        console.note(LABELS_AS_NAMES)
    if text is None:
        show_analysis(
            console, evidence.analysis, to_set=None if change.wanted else apply_command(sys.argv[1:])
        )
    else:
        if write_result(console, text, options.output):
            console.note(f"Written to {options.output}")
    if change.wanted:
        _change(console, settings, whole.analysis, change, asked.org)
    changes_pending = any(will_be_set(row) for row in evidence.analysis.actions)
    if options.detailed_exitcode and changes_pending and not change.do_apply:
        return ExitCode.CHANGES
    return ExitCode.OK


def _edit(
    evidence: "EvidenceToEdit",
    change: ChangeOptions,
    terraform: EditOptions,
    settings: "Settings",
    output: Path | None,
) -> int:
    from diag.terraform_dialog.edit_flow import edit

    return edit(evidence, terraform, change.plan_options, journal=settings.journal, output=output)


def _known_resources(options: RecommendOptions, terraform: EditOptions) -> "KnownResources | None":
    if options.form != "terraform" or terraform.edit is not None or terraform.terraform_state is None:
        return None
    from diag.changes.exports.terraform_output import read_known_resources

    return read_known_resources(terraform.terraform_state)


def _formatted(
    evidence: "RunEvidence", options: RecommendOptions, known: "KnownResources | None", settings: "Settings"
) -> str:
    analysis, form = evidence.analysis, options.form
    if form == "csv":
        from reports.exports.csv import build_csv

        return build_csv(analysis)
    if form == "md":
        from diag.flows.add_to_report import with_flows
        from diag.judged_files import report_data
        from reports.exports.markdown import build_markdown

        return build_markdown(
            with_flows(report_data(evidence, zone=settings.zone, charts=False), settings.runs)
        )
    if form == "terraform":
        from diag.changes.exports.terraform_output import terraform_lines

        return terraform_lines(analysis, known)
    if form == "gc":
        from diag.changes.exports.gc_output import gc_calls

        return gc_calls(analysis)
    from analysis.verdicts.analysis_json import analysis_to_json

    return json_text(analysis_to_json(analysis), indent=1)


def _change(
    console: "Console",
    settings: "Settings",
    analysis: "Analysis",
    change: ChangeOptions,
    org: tuple[str, ...],
) -> None:
    from analysis.typed_command import apply_plan
    from diag.apply_dialog.apply_exit_code import raise_for
    from diag.apply_dialog.apply_flow import build_plan, carry_out
    from diag.changes.plans.actions_by_name import with_ids
    from diag.changes.plans.plan_file import write_plan
    from diag.genesys.client import GenesysClient
    from diag.target import find_target

    target = find_target(settings)
    with GenesysClient(target.connection) as client:
        if any(row.measured_by for row in analysis.actions):
            analysis = with_ids(analysis, ((action.id, action.name) for action in client.list_actions()))
        plan = build_plan(console, client, analysis, settings.runs, change.plan_options)
    if change.plan_file:
        write_plan(plan, change.plan_file)
        console.note(f"Plan saved. To carry out exactly this: {apply_plan(str(change.plan_file), org)}")
    if change.do_apply:
        carry_out(console, target, settings, plan, change.apply_flags)
    else:
        raise_for((), "", plan.unread)
