"""`diag observe`: recommend from production telemetry, without any load."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from analysis.machine.command_words import joined, one_after_the_other
from analysis.plain_text import json_text
from analysis.settings import MOST_DAYS
from analysis.typed_command import Asked, apply_plan
from diag.completion.candidates import action_names
from diag.interaction.help_examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.output import NamedPath, goes_to_stdout, output_option, write_result
from diag.interaction.recommend_options import asked_to_call, profile_flags, recommend_options
from diag.interaction.shared_options import USUAL_DAYS, profile_option

if TYPE_CHECKING:
    from analysis.samples.sample_set import SampleSet
    from analysis.settings import RecommendSettings
    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.production.evidence import ProductionEvidence
    from diag.production.findings import Finding
    from diag.settings import Settings
    from reports.report_data import ReportData

MOST_NAMED: Final = 3
"""Actions of which production says nothing, where nobody asked for all."""
FORMAT_BY_SUFFIX: Final = {".html": "html", ".json": "json", ".csv": "csv", ".md": "md"}


@dataclass(frozen=True, slots=True)
class ObserveOptions:
    """What of production to read, and where to show it."""

    actions: tuple[str, ...]
    days: int | None
    against: Path | None
    form: str | None
    output: Path | None
    plan_file: Path | None
    force: bool
    verbose: bool
    profile: str | None
    export: Path | None
    unit: Literal["ms", "s"] | None
    decimal: Literal["point", "comma"] | None

    @property
    def chosen_form(self) -> str:
        """Return the form asked for, else the one that fits the output file's name."""
        suffix = self.output.suffix.lower() if self.output is not None else ""
        return self.form or FORMAT_BY_SUFFIX.get(suffix, "table")

    def same_question(self, rules: "RecommendSettings") -> str:
        """Return the arguments that ask the same question again."""
        days = ["--days", str(self.days)] if self.days not in (None, USUAL_DAYS) else []
        return joined([*self.actions, *days, *self.asked.by(rules).rules, *profile_flags(self.profile)])

    @property
    def asked(self) -> Asked:
        """Return what the commands after this one repeat beside the rules."""
        return asked_to_call(None, profile=self.profile, sandbox=False)


@click.command(
    epilog=examples(
        "diag observe",
        "diag observe 'Get Customer' --days 14 --against runs/A",
        "diag observe -o production.html",
        "diag observe -o production.json",
        "diag observe --from export.csv",
    )
)
@click.argument("actions", nargs=-1, metavar="[ACTION]...", shell_complete=action_names)
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    help=f"How many days back.  [default: {USUAL_DAYS}]",
)
@click.option("--against", type=click.Path(path_type=Path), help="A test run to compare with production.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "html", "json", "csv", "md"]),
    help="Default: table, or by the ending of -o (.html, .json, .csv, .md).",
)
@output_option
@click.option("--out", "plan_file", type=NamedPath(), help="Save a plan for `diag apply`.")
@click.option("--force", is_flag=True, help="With --out: also plan what a guard holds back.")
@click.option(
    "-v", "--verbose", is_flag=True, help="In the table: all figures, and a sentence for each action."
)
@click.option(
    "--from",
    "export",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Instead of the API: the CSV exported from the Data Actions performance view. It orders actions and "
    "sets no number.",
)
@click.option("--unit", type=click.Choice(["ms", "s"]), help="With --from: of durations without a unit.")
@click.option(
    "--decimal", type=click.Choice(["point", "comma"]), help="With --from: what begins a fraction in 1,234."
)
@profile_option
@gathered(ObserveOptions)
@recommend_options
def command(options: ObserveOptions, rules: "RecommendSettings") -> None:
    """Judge the actions by their executions in production: each by itself where the org tells them apart,
    else counted per hour and whole second.

    Nothing is executed or changed. Needs one to six API requests per action, up to 27 where it is busy and
    executions are told apart; unused actions need none.
    """
    from analysis.samples.read_samples import read_samples
    from diag.clocks.target_clock import clock_of
    from diag.console import Console
    from diag.errors import UsageError
    from diag.genesys.client import GenesysClient
    from diag.interaction.pause_note import pause_note
    from diag.judged_files import choose_inputs
    from diag.production.findings import findings_of
    from diag.settings import load_settings
    from diag.target import find_target

    form = options.chosen_form
    if not goes_to_stdout(options.output) and form == "table":
        raise UsageError(
            "A table is for the terminal.", hint="With -o, name a .html, .json, .csv or .md file."
        )
    console = Console(quiet=form != "table")
    settings = load_settings({"profile": options.profile})
    if options.export is None and (options.unit or options.decimal):
        raise UsageError("--unit and --decimal are about an export.", hint="Name it: --from FILE.csv")
    if options.export is not None:
        _from_export(console, settings, options, rules, options.export)
        return
    test = read_samples(choose_inputs([options.against], settings.runs)) if options.against else None
    target = find_target(settings)
    with GenesysClient(target.connection, on_wait=pause_note(console)) as client:
        if target.sandbox:
            console.banner("SANDBOX: the production of a local sandbox is made up")
        evidence = _read(console, client, settings, options, rules, clock_of(target).utc())
        findings, org = findings_of(evidence.observed, rules, test), profile_flags(options.profile)
        answer = Answer(evidence, findings, options.same_question(rules), org, options.plan_file)
        if form == "table":
            _show(console, answer, options)
        elif write_result(console, _formatted(answer, test, form, settings), options.output):
            console.result(str(options.output))
        if options.plan_file is not None:
            _save_plan(console, client, evidence, settings.runs, options)


def _from_export(
    console: "Console", settings: "Settings", options: ObserveOptions, rules: "RecommendSettings", path: Path
) -> None:
    from analysis.samples.read_samples import read_samples
    from analysis.verdicts.recommend import recommend
    from diag.errors import UsageError
    from diag.exported_view.conclusions import verdicts_by_name
    from diag.exported_view.show_export import ExportQuestion, answer_from_export
    from diag.judged_files import choose_inputs

    if options.plan_file is not None:
        raise UsageError(
            "A plan cannot be made from an export: it holds no executions.", hint="Leave --out away."
        )
    if options.days is not None:
        raise UsageError(
            "An export covers the days that it was exported for, whatever --days says.",
            hint="Leave --days away.",
        )
    tested = None
    if options.against is not None:
        test = read_samples(choose_inputs([options.against], settings.runs))
        tested = verdicts_by_name(recommend(test, settings=rules).actions)
    question = ExportQuestion(path, options.actions, options.unit, options.decimal)
    text = answer_from_export(console, question, options.chosen_form, tested)
    if text is not None and write_result(console, text, options.output):
        console.result(str(options.output))


@dataclass(frozen=True, slots=True)
class Answer:
    """What production says, and the arguments of `diag observe` that ask for it again."""

    evidence: "ProductionEvidence"
    findings: "Mapping[str, Finding]"
    source: str
    org: tuple[str, ...] = ()
    plan_file: Path | None = None

    @property
    def to_set(self) -> str:
        """Return the commands that set what can be set, in the org that was read."""
        from diag.production.evidence import plan_command

        if self.plan_file is not None:  # it is saved in a moment
            return apply_plan(str(self.plan_file), self.org)
        return one_after_the_other(plan_command(self.source), apply_plan("plan.json", self.org))


def _read(
    console: "Console",
    client: "GenesysClient",
    settings: "Settings",
    options: ObserveOptions,
    rules: "RecommendSettings",
    now: datetime,
) -> "ProductionEvidence":
    from diag.changes.journal.journal import Journal
    from diag.inventory.named_actions import wanted_actions
    from diag.production.evidence import ProductionQuestion
    from diag.production.look import look
    from diag.production.reading.time_window import last_days

    changes = Journal(settings.journal).read()
    with console.progress("Reading actions") as bar:
        listed = client.list_actions(include_auth_actions=False, on_progress=bar.update)
    chosen = wanted_actions(listed, options.actions)
    question = ProductionQuestion(
        last_days(options.days or USUAL_DAYS, now),
        rules,
        source=options.same_question(rules),
        asked=options.asked,
        zone=settings.zone,
    )
    with console.progress("Reading production telemetry") as bar:
        return look(client, chosen, question, changes, on_progress=bar.update)


def _show(console: "Console", answer: Answer, options: ObserveOptions) -> None:
    """The table with what to do now; how it was found out only where that was asked for."""
    from diag.interaction.show_analysis import show_analysis
    from diag.production.evidence import not_observed_lines, read_as, unknown_of

    evidence, analysis = answer.evidence, answer.evidence.analysis
    for row in analysis.actions:
        one, finding = evidence.observed[row.action_id], answer.findings[row.action_id]
        for remark in one.remarks:
            console.warn(f"{row.action_name}: {remark}.")
        if options.verbose or one.changed or finding.resemblance is not None:  # else the verdict says it
            for line in finding.lines(changed=one.changed):
                console.sentence(f"{row.action_name}: {line}")
    for line in not_observed_lines(evidence, None if options.verbose else MOST_NAMED):
        console.note(line)
    if options.verbose:
        for line in (*read_as(evidence), unknown_of(evidence)):
            console.note(line)
    if not evidence.observed:
        measure = f"{options.asked.command('init')}, then {options.asked.command('tune')}"
        console.note(f"None of these actions can be judged by production. Measure instead: {measure}")
        return
    show_analysis(console, analysis, to_set=answer.to_set, brief=not options.verbose)
    if not options.verbose:
        console.note("All figures: -v. Curves: -o production.html.")


def _formatted(answer: Answer, test: "SampleSet | None", form: str, settings: "Settings") -> str:
    if form == "json":
        from diag.production.saved_evidence import to_json

        return json_text(to_json(answer.evidence, answer.findings), indent=1) + "\n"
    if form == "csv":
        from reports.exports.csv import build_csv

        return build_csv(answer.evidence.analysis)
    from diag.flows.report_flows import with_flows
    from diag.production.report_series import with_history

    data = with_flows(with_history(_page(answer, test, settings.zone), settings), settings.runs)
    if form == "md":
        from reports.exports.markdown import build_markdown

        return build_markdown(data)
    from reports.pages.report_page import build_report

    return build_report(data)


def _page(answer: Answer, test: "SampleSet | None", zone: str | None) -> "ReportData":
    from analysis.verdicts.recommend import recommend
    from analysis.views.summarise import summarise
    from diag import __version__
    from diag.production.report_series import production_page

    tests = {}
    if test is not None:  # its curve is the one its own verdict rests on
        rules = answer.evidence.analysis.settings
        tests = summarise(test, rules, recommend(test, settings=rules).waiting)
    page = production_page(
        answer.evidence,
        answer.findings,
        tests,
        version=__version__,
        zone=zone,
        source=answer.source or None,
    )
    return replace(page, to_set=answer.to_set)


def _save_plan(
    console: "Console",
    client: "GenesysClient",
    evidence: "ProductionEvidence",
    runs: Path,
    options: ObserveOptions,
) -> None:
    from diag.apply_dialog.apply_exit_code import raise_for
    from diag.apply_dialog.apply_flow import build_plan
    from diag.changes.plans.plan import PlanOptions
    from diag.changes.plans.plan_file import write_plan

    assert options.plan_file is not None
    plan = build_plan(console, client, evidence.analysis, runs, PlanOptions(force=options.force))
    write_plan(plan, options.plan_file)
    console.note(f"Saved {options.plan_file}. {plan.counts}")
    raise_for((), "", plan.unread)
