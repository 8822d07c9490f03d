"""`diag compare`: did anything get slower from one run to the next?"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from diag.exit_codes import ExitCode
from diag.interaction.recommend_options import recommend_options, recommend_settings

if TYPE_CHECKING:
    from diag.table import Table
    from reports.pages.compare_page import CompareData

MOST_RUNS: Final = 10


@click.command(
    short_help="Compare runs: slower, faster, same, or cannot tell.",
    epilog="Examples:  diag compare runs/A runs/B   diag compare before.csv after.csv -o compare.html",
)
@click.argument(
    "inputs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN|FILE RUN|FILE..."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "html", "md", "json"]),
    help="Default: a table; html when -o ends in .html.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the result here, not to stdout.")
@click.option("--label", "labels", multiple=True, help="Name of a run, in the order given; repeatable.")
@click.option(
    "--fail-on",
    type=click.Choice(["slower", "cannot-tell"]),
    help="Exit 3 when an action got slower (cannot-tell: also when that is open).",
)
@click.option("--actions", "actions_file", type=click.Path(path_type=Path), help="Facts beside bare files.")
@recommend_options
def command(
    inputs: tuple[Path, ...],
    form: str | None,
    output: Path | None,
    labels: tuple[str, ...],
    fail_on: str | None,
    actions_file: Path | None,
    **values: Any,
) -> int:
    """Compare the p99 of every action in later runs with the first run's, and say what is certain.

    Every run is judged on its own; the difference carries an interval. Nothing is changed.
    """
    from diag.atomic_write import write_whole
    from diag.console import Console
    from reports.pages.compare_page import build_comparison, compare_headline, compare_markdown

    if not 2 <= len(inputs) <= MOST_RUNS:
        raise click.UsageError(f"From two to {MOST_RUNS} runs are needed: diag compare RUN RUN...")
    if labels and len(labels) != len(inputs):
        raise click.UsageError(f"{len(labels)} labels for {len(inputs)} runs: one --label per run, or none.")
    form = form or ("html" if output is not None and output.suffix == ".html" else "table")
    console = Console(quiet=form != "table")
    data = _compared(inputs, labels, actions_file, values, curves=form in ("html", "json"))
    if form == "table" and output is None:
        console.result(compare_headline(data.comparison))
        console.result("")
        console.table(_table(data))
        for line in _without_a_number(data):
            console.sentence(line)
        console.note("The page with curves: the same command with -o compare.html")
    else:
        builders = {"html": build_comparison, "json": _json}
        text = builders.get(form, compare_markdown)(data)
        if output is None or str(output) == "-":
            console.result(text)
        else:
            write_whole(output, text)
            console.result(str(output))
    verdicts = {one.verdict for action in data.comparison.actions for one in action.differences}
    tripped = {"slower": {"slower"}, "cannot-tell": {"slower", "cannot tell"}}.get(fail_on or "", set())
    return ExitCode.THRESHOLD if verdicts & tripped else ExitCode.OK


def _compared(
    inputs: Sequence[Path],
    labels: Sequence[str],
    actions_file: Path | None,
    values: dict[str, Any],
    *,
    curves: bool,
) -> "CompareData":
    from analysis.estimates.deciding_calls import calls_that_count
    from analysis.views.compare_runs import compare
    from analysis.views.summarise import summarise
    from diag import __version__
    from diag.evidence import choose_inputs, gather
    from diag.settings import load_settings
    from reports.pages.compare_page import CompareData, ComparedRun

    rules = recommend_settings(values)
    settings = load_settings()
    runs, counted = [], []
    for index, path in enumerate(choose_inputs(inputs, settings.runs)):
        evidence = gather((path,), rules, actions_file=actions_file)
        runs.append(
            ComparedRun(
                label=labels[index] if labels else path.name,
                analysis=evidence.analysis,
                summaries=summarise(evidence.samples, rules) if curves else {},
                manifests=evidence.samples.manifests,
            )
        )
        counted.append(calls_that_count(evidence.samples, evidence.analysis.facts, rules))
    comparison = compare([run.analysis for run in runs], [run.label for run in runs], counted)
    return CompareData(comparison, tuple(runs), __version__, settings.zone)


def _table(data: "CompareData") -> "Table":
    from diag.table import Column, Table
    from reports.charts.labels import percentile_name
    from reports.pages.compare_page import cut_off_steps, gap, letters
    from reports.wording import numbers

    named = letters(len(data.runs))
    percentile = percentile_name(data.runs[0].analysis.settings.percentile)
    columns = [Column("action"), *(Column(f"{percentile} {letter}", "right") for letter in named)]
    for letter in named[1:]:
        columns += [Column(f"{letter} against A"), Column("difference", "right", 2)]
    columns.append(Column("cut off", "right"))
    rows = tuple(
        (
            action.action_name,
            *(numbers.latency(entry.quantile_ms) if entry is not None else "–" for entry in action.entries),
            *(
                cell
                for one in action.differences
                for cell in (one.verdict, gap(one) if one.p99_ms is not None else numbers.UNKNOWN)
            ),
            cut_off_steps(action),
        )
        for action in data.comparison.actions
    )
    return Table(tuple(columns), rows)


def _without_a_number(data: "CompareData") -> list[str]:
    """Return why there is no difference of p99, one line for each that has none."""
    from diag.table import clean
    from reports.pages.compare_page import letters

    named = letters(len(data.runs))
    return [
        f"{clean(action.action_name)}: {letter} against A, {one.verdict}: {one.reason}."
        for action in data.comparison.actions
        for letter, one in zip(named[1:], action.differences, strict=True)
        if one.p99_ms is None
    ]


def _json(data: "CompareData") -> str:
    from reports.pages.compare_page import compare_json

    return json.dumps(compare_json(data), indent=1, allow_nan=False)
