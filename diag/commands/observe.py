"""`diag observe`: recommend from production telemetry, without any load."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from analysis.machine.command_words import joined
from analysis.recommend_settings import MOST_DAYS
from analysis.typed_command import Asked
from diag.completion.candidates import action_names
from diag.interaction.help_examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.output import NamedPath, goes_to_stdout, output_option, write_result
from diag.interaction.recommend_options import asked_to_call, profile_flags, recommend_options
from diag.interaction.shared_options import USUAL_DAYS, profile_option

if TYPE_CHECKING:
    from analysis.recommend_settings import RecommendSettings
    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.production.production_evidence import ProductionEvidence
    from diag.settings import Settings

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
    from diag.judged_files import choose_inputs
    from diag.production.drift_and_resemblance import findings_of
    from diag.production_dialog.answer import Answer
    from diag.production_dialog.answer_file import answer_as_text
    from diag.production_dialog.show_answer import show_answer
    from diag.settings import load_settings
    from diag.target import find_target
    from diag.waiting.rate_limit_pause import pause_note

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
            show_answer(console, answer, options.asked, verbose=options.verbose)
        elif write_result(console, answer_as_text(answer, test, form, settings), options.output):
            console.result(str(options.output))
        if options.plan_file is not None:
            _save_plan(console, client, evidence, settings.runs, options)


def _from_export(
    console: "Console", settings: "Settings", options: ObserveOptions, rules: "RecommendSettings", path: Path
) -> None:
    from analysis.samples.read_samples import read_samples
    from analysis.verdicts.recommend import recommend
    from diag.errors import UsageError
    from diag.exported_view.beside_a_test import verdicts_by_name
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
    from diag.production.look import look
    from diag.production.production_evidence import ProductionQuestion
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
