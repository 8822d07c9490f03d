"""`diag report`: the results as one page, for whoever decides."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.machine.command_words import joined
from analysis.plain_text import json_text
from diag.completion.candidates import run_folders
from diag.errors import UsageError
from diag.interaction.help_examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.output import NamedPath, output_option, write_result
from diag.interaction.recommend_options import asked_of, recommend_options
from diag.interaction.shared_options import actions_file_option
from diag.interaction.tool_options import ToolFlags, read_tool_options, tool_options

if TYPE_CHECKING:
    from analysis.recommend_settings import RecommendSettings
    from diag.console import Console
    from diag.judged_files import RunEvidence
    from diag.production.production_evidence import ProductionEvidence
    from diag.settings import Settings
    from reports.report_data import ReportData


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What to report, in which form, and where to write it."""

    inputs: tuple[Path, ...]
    form: str
    output: Path | None
    index: bool
    charts: Path | None
    production: Path | None
    add_rows: tuple[Path, ...]
    actions_file: Path | None
    flows_from: Path | None


@click.command(
    epilog=examples(
        "diag report",
        "diag report runs/A runs/B -o report.html",
        "diag report --format md",
        "diag report runs/A --production production.json",
        "diag report --flows-from exports/",
    )
)
@click.argument(
    "inputs", nargs=-1, type=click.Path(path_type=Path), metavar="[RUN|FILE]...", shell_complete=run_folders
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "md", "text", "json", "csv"]),
    default="html",
    show_default=True,
)
@output_option
@click.option("--all", "index", is_flag=True, help="Write an index of all runs instead, with p99 over time.")
@click.option("--charts", type=NamedPath(), help="Also write one PNG per chart into this folder.")
@click.option(
    "--production",
    type=click.Path(path_type=Path),
    help="Draw production beside the test: a file saved by `diag observe -o production.json`.",
)
@click.option(
    "--add-rows",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="First add the rows a worker kept on its disk (diag-rows-...); repeatable.",
)
@click.option(
    "--flows-from",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Show Architect flows from files, too: exports (.i3*), JSON, Archy's YAML. Those that diag scan "
    "--flows read last are shown anyway.",
)
@actions_file_option
@gathered(ReportOptions)
@tool_options
@recommend_options
def command(options: ReportOptions, tool_flags: ToolFlags, rules: "RecommendSettings") -> None:
    """Report the newest run, or the runs and files given.

    The HTML page is one self-contained file in the run folder; other formats go to stdout.
    """
    from diag.console import Console
    from diag.flows.add_to_report import with_flows
    from diag.judged_files import HowToRead, choose_inputs, gather, report_data
    from diag.production.report_series import with_history
    from diag.settings import load_settings
    from diag.target import must_name_sandbox
    from diag.waiting.large_files import LargeFilesProgress

    console = Console()
    settings = load_settings()
    if options.index:
        _index(console, options, settings)
        return
    chosen = choose_inputs(options.inputs, settings.runs)
    production = _production(options.production)  # first: a file that cannot be read costs no wait
    if options.add_rows:
        _import_rows(console, chosen, options.add_rows)
    judges = asked_of(chosen if options.inputs else (), options.actions_file, tool_flags=tool_flags)
    asked = replace(judges, sandbox_must_be_named=must_name_sandbox(settings))
    with LargeFilesProgress(console, chosen) as progress:
        evidence = gather(
            chosen,
            rules,
            how=HowToRead(options.actions_file, read_tool_options(tool_flags), progress),
            detail=True,
            asked=asked,
            zone=settings.zone,
        )
        progress.reporting()
        source = joined([*asked.calls, *evidence.asked.rules]) or None
        data = report_data(evidence, zone=settings.zone, source=source)
    if production is not None:
        data = _beside(data, evidence, production)
    data = with_flows(with_history(data, settings), settings.runs, options.flows_from)
    text = _text(data, options.form)
    if options.charts is not None:
        from reports.exports.png import export_charts

        console.note(f"{len(export_charts(data, options.charts))} charts written to {options.charts}")
    target = options.output or (_default_path(chosen) if options.form == "html" else None)
    if write_result(console, text, target):
        console.result(str(target))


def _import_rows(console: "Console", chosen: tuple[Path, ...], kept: tuple[Path, ...]) -> None:
    from analysis.format.run_folder import RunFolder
    from diag.measuring.import_rows import import_rows

    if len(chosen) != 1:
        raise UsageError("--add-rows needs the one run that the rows belong to.")
    for folder in kept:
        for one in import_rows(RunFolder(chosen[0]), folder):
            console.note(f"{one.worker_id}: {one.now - one.before:,} rows added, {one.now:,} in all")


def _index(console: "Console", options: ReportOptions, settings: "Settings") -> None:
    from diag import __version__
    from reports.pages.index_page import IndexData, build_index, index_json
    from reports.pages.runs_on_disk import indexed_runs

    runs, form = settings.runs, options.form
    if form not in ("html", "json"):
        raise UsageError(f"The index has no {form} form.", hint="Use --format html or json.")
    target = options.output or (runs / "index.html" if form == "html" else None)
    indexed = indexed_runs(runs, target.parent if target is not None else runs)
    if not indexed:
        raise UsageError(f"There is no run in {runs} yet.", hint="Make one: diag measure")
    data = IndexData(indexed, __version__, settings.zone)
    text = build_index(data) if form == "html" else json_text(index_json(data), indent=1)
    if write_result(console, text, target):
        console.result(str(target))


def _production(saved: Path | None) -> "ProductionEvidence | None":
    if saved is None:
        return None
    from diag.production.saved_evidence import read_evidence

    return read_evidence(saved)


def _beside(data: "ReportData", evidence: "RunEvidence", production: "ProductionEvidence") -> "ReportData":
    from diag.production.drift_and_resemblance import findings_of
    from diag.production.report_series import with_production

    rules = evidence.analysis.settings
    return with_production(data, production, findings_of(production.observed, rules, evidence.samples), rules)


def _default_path(chosen: tuple[Path, ...]) -> Path:
    from analysis.format.run_folder import RunFolder

    return next((RunFolder(path).report for path in chosen if path.is_dir()), Path("report.html"))


def _text(data: "ReportData", form: str) -> str:
    if form == "md":
        from reports.exports.markdown import build_markdown

        return build_markdown(data)
    if form == "text":
        from reports.exports.terminal_report import build_terminal

        return build_terminal(data, width=shutil.get_terminal_size((100, 24)).columns)
    if form == "csv":
        from reports.exports.csv import build_csv

        return build_csv(data.analysis)
    if form == "json":
        from reports.pages.report_page import build_json

        return json_text(build_json(data), indent=1)
    from reports.pages.report_page import build_report

    return build_report(data)
