"""`diag compare`: did anything get slower from one run to the next?"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from analysis.plain_text import json_text
from diag.completion.candidates import run_folders
from diag.exit_codes import ExitCode
from diag.interaction.help_examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.output import goes_to_stdout, output_option, write_result
from diag.interaction.recommend_options import recommend_options
from diag.interaction.shared_options import actions_file_option, same_within_option

if TYPE_CHECKING:
    from analysis.recommend_settings import RecommendSettings
    from analysis.views.summary import ActionSummary
    from diag.console import Console
    from diag.judged_files import RunEvidence
    from diag.table import Table
    from reports.pages.compare_page import CompareData

MOST_RUNS: Final = 10
OTHER_INPUTS: Final = 0.5
"""Two runs whose shares of invented inputs differ by this much were asked different things."""


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """Which runs to compare, and where to show the result."""

    inputs: tuple[Path, ...]
    form: str | None
    output: Path | None
    labels: tuple[str, ...]
    fail_on: str | None
    same_within_s: float
    actions_file: Path | None

    @property
    def chosen_form(self) -> str:
        """Return the form asked for, else the one that fits the output file's name."""
        if self.form is not None:
            return self.form
        return "html" if self.output is not None and self.output.suffix == ".html" else "table"


@click.command(
    epilog=examples("diag compare runs/A runs/B", "diag compare before.csv after.csv -o compare.html")
)
@click.argument(
    "inputs",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="RUN|FILE RUN|FILE...",
    shell_complete=run_folders,
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "html", "md", "json"]),
    help="Default: table; html when -o ends in .html.",
)
@output_option
@click.option("--label", "labels", multiple=True, help="Name of a run, in the order of the runs; repeatable.")
@click.option(
    "--fail-on",
    type=click.Choice(["slower", "cannot-tell"]),
    help="Exit 3 when an action got slower (cannot-tell: or when the data cannot tell).",
)
@same_within_option
@actions_file_option
@gathered(CompareOptions)
@recommend_options
def command(options: CompareOptions, rules: "RecommendSettings") -> int:
    """Compare each action's p99 in later runs with the first run's.

    Each run is judged on its own; every difference comes with an interval. Nothing is changed.
    """
    from analysis.number_words import plural
    from diag.console import Console
    from reports.exports.compare_markdown import compare_markdown
    from reports.pages.compare_page import build_comparison, compare_headline

    runs, labels, output, form = len(options.inputs), len(options.labels), options.output, options.chosen_form
    if not 2 <= runs <= MOST_RUNS:
        raise click.UsageError(f"diag compare needs 2 to {MOST_RUNS} runs: diag compare RUN RUN...")
    if labels and labels != runs:
        raise click.UsageError(
            f"{plural(labels, 'label')} for {runs} runs: give one --label per run, or none."
        )
    console = Console(quiet=form != "table")
    data = _compared(console, options, rules, curves=form in ("html", "json"))
    if form == "table" and goes_to_stdout(output):
        console.sentence(compare_headline(data.comparison), indent="")
        console.result("")
        console.table(comparison_table(data))
        for line in (*_undecided(data), *_other_inputs(data)):
            console.sentence(line)
        console.note("For a page with curves: the same command with -o compare.html")
    else:
        builders = {"html": build_comparison, "json": _json}
        text = builders.get(form, compare_markdown)(data)
        if write_result(console, text, output):
            console.result(str(output))
    verdicts = {one.verdict for action in data.comparison.actions for one in action.differences}
    tripped = {"slower": {"slower"}, "cannot-tell": {"slower", "cannot tell"}}.get(
        options.fail_on or "", set()
    )
    return ExitCode.THRESHOLD if verdicts & tripped else ExitCode.OK


def _compared(
    console: "Console", options: CompareOptions, rules: "RecommendSettings", *, curves: bool
) -> "CompareData":
    from analysis.estimates.deciding_calls import calls_that_count
    from analysis.views.compare_runs import compare
    from diag import __version__
    from diag.judged_files import HowToRead, choose_inputs, gather
    from diag.settings import load_settings
    from diag.waiting.large_files import LargeFilesProgress
    from reports.pages.compare_page import CompareData, ComparedRun

    settings = load_settings()
    runs, counted = [], []
    for index, path in enumerate(choose_inputs(options.inputs, settings.runs)):
        with LargeFilesProgress(console, (path,)) as progress:
            evidence = gather((path,), rules, how=HowToRead(options.actions_file, onlooker=progress))
        runs.append(
            ComparedRun(
                label=options.labels[index] if options.labels else path.name,
                analysis=evidence.analysis,
                summaries=_summaries(evidence, rules) if curves else {},
                manifests=evidence.samples.manifests,
            )
        )
        counted.append(calls_that_count(evidence.samples, evidence.analysis.facts, rules))
    comparison = compare(
        [run.analysis for run in runs],
        [run.label for run in runs],
        counted,
        same_within_s=options.same_within_s,
    )
    return CompareData(comparison, tuple(runs), __version__, settings.zone)


def _summaries(evidence: "RunEvidence", rules: "RecommendSettings") -> "dict[str, ActionSummary]":
    """By key of an action (`analysis.format.sample_schema`): backends that were called directly are apart."""
    from analysis.format.sample_schema import ActionVersion, entry_key
    from analysis.views.summarise import summarise

    direct = evidence.samples.direct_side()
    if direct is None:
        return summarise(evidence.samples, rules, evidence.analysis.waiting)
    found = summarise(replace(evidence.samples, direct=None), rules, evidence.analysis.waiting)
    alone = summarise(direct, rules)
    return found | {entry_key(key, ActionVersion.DIRECT): one for key, one in alone.items()}


def comparison_table(data: "CompareData") -> "Table":
    """Return one row per action: p99 of each run, each difference with its verdict, the share cut off.

    Where inputs were invented, also what those of each run were.
    """
    from analysis.number_words import percentile_name
    from diag.table import Column, Table
    from reports.pages.compare_page import cut_off_steps, gap, letters
    from reports.wording import numbers
    from reports.wording.input_words import inputs_of

    entries = [entry for action in data.comparison.actions for entry in action.entries if entry is not None]
    made_up = any(entry.invented_share for entry in entries)
    named = letters(len(data.runs))
    of_all = data.percentile
    percentile = percentile_name(of_all)
    columns = [Column("action"), *(Column(f"{percentile} {letter}", "right") for letter in named)]
    for letter in named[1:]:
        which = f" of {letter}" if len(named) > 2 else ""
        columns += [Column(f"{letter} against A"), Column(f"difference{which}", "right", 2)]
    columns += [Column("cut off", "right"), *([Column("inputs", priority=3)] if made_up else [])]
    rows = tuple(
        (
            action.action_name,
            *(
                numbers.quantile_below(of_all, entry.percentile, entry.quantile_ms)
                if entry is not None
                else numbers.UNKNOWN
                for entry in action.entries
            ),
            *(
                cell
                for one in action.differences
                for cell in (one.verdict, gap(one) if one.p99_ms is not None else numbers.UNKNOWN)
            ),
            cut_off_steps(action),
            " → ".join(numbers.UNKNOWN if entry is None else inputs_of(entry) for entry in action.entries),
        )[: len(columns)]
        for action in data.comparison.actions
    )
    return Table(tuple(columns), rows)


def _undecided(data: "CompareData") -> list[str]:
    """Return why there is no difference of p99, or none that is proven; one line for each reason."""
    from analysis.name_lists import reason_lines
    from reports.pages.compare_page import letters

    named = letters(len(data.runs))
    without = (
        (action.action_name, f"{letter} against A, {found.verdict}: {found.reason}")
        for action in data.comparison.actions
        for letter, found in zip(named[1:], action.differences, strict=True)
        if found.p99_ms is None or found.verdict == "cannot tell"
    )
    return [f"{line}." for line in reason_lines(without)]


def _other_inputs(data: "CompareData") -> list[str]:
    """Return of which actions one run had invented inputs and another real ones; one line for all of them."""
    from analysis.name_lists import reason_lines

    why = (
        "one run had invented inputs and another real ones, which a backend answers in another time: "
        "the difference may be theirs"
    )
    found = []
    for action in data.comparison.actions:
        shares = [entry.invented_share for entry in action.entries if entry is not None]
        known = [share for share in shares if share is not None]
        if known and max(known) - min(known) >= OTHER_INPUTS:
            found.append((action.action_name, why))
    return [f"{line}." for line in reason_lines(found)]


def _json(data: "CompareData") -> str:
    from reports.pages.compare_page import compare_json

    return json_text(compare_json(data), indent=1)
