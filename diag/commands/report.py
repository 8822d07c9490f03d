"""`diag report`: what was found, for whoever decides."""

import json
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diag.commands.recommend_options import recommend_options, recommend_settings
from diag.errors import UsageError

if TYPE_CHECKING:
    from diag.evidence import RunEvidence
    from reports.data import ReportData


@click.command(
    short_help="Write the HTML report of a run.",
    epilog="Examples:  diag report   diag report runs/A runs/B -o report.html   diag report --format md",
)
@click.argument("inputs", nargs=-1, type=click.Path(path_type=Path), metavar="[RUN|FILE]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "md", "text", "json", "csv"]),
    default="html",
    show_default=True,
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write it ('-': stdout).")
@click.option("--all", "index", is_flag=True, help="Write an index of all runs, p99 over time, instead.")
@click.option("--charts", type=click.Path(path_type=Path), help="Also write one PNG per chart here.")
@click.option("--actions", "actions_file", type=click.Path(path_type=Path), help="Facts beside a bare file.")
@recommend_options
def command(
    inputs: tuple[Path, ...],
    form: str,
    output: Path | None,
    index: bool,
    charts: Path | None,
    actions_file: Path | None,
    **values: Any,
) -> None:
    """Report the newest run, or the runs and files given.

    HTML is one self-contained file in the run folder; the other formats go to stdout.
    """
    from diag.console import Console
    from diag.evidence import choose_inputs, gather, report_data, write_whole
    from diag.settings import load_settings

    console = Console()
    rules = recommend_settings(values)
    settings = load_settings()
    runs = settings.runs
    if index:
        console.result(str(_write_index(runs, output, settings.zone)))
        return
    chosen = choose_inputs(inputs, runs)
    evidence = gather(chosen, rules, actions_file=actions_file, detail=True)
    data = report_data(evidence, generated_at=time.time(), zone=settings.zone)
    text = _text(data, form)
    if charts is not None:
        from reports.charts.export import export_charts

        console.note(f"{len(export_charts(data, charts))} charts written to {charts}")
    target = output or (_default_path(evidence) if form == "html" else None)
    if target is None or str(target) == "-":
        console.result(text)
    else:
        write_whole(target, text)
        console.result(str(target))


def _write_index(runs: Path, output: Path | None, zone: str | None) -> Path:
    from diag import __version__
    from diag.evidence import write_whole
    from reports.index import IndexData, build_index
    from reports.runs_on_disk import indexed_runs

    target = output or runs / "index.html"
    found = indexed_runs(runs, target.parent)
    if not found:
        raise UsageError(f"There is no run in {runs} yet.", hint="Make one: diag measure")
    write_whole(target, build_index(IndexData(found, __version__, time.time(), zone)))
    return target


def _default_path(evidence: "RunEvidence") -> Path:
    return evidence.folders[0].report if evidence.folders else Path("report.html")


def _text(data: "ReportData", form: str) -> str:
    if form == "md":
        from reports.markdown import build_markdown

        return build_markdown(data)
    if form == "text":
        from reports.terminal import build_terminal

        return build_terminal(data, width=shutil.get_terminal_size((100, 24)).columns)
    if form == "csv":
        from reports.csv_export import build_csv

        return build_csv(data.analysis)
    if form == "json":
        from analysis.to_json import analysis_to_json

        return json.dumps(analysis_to_json(data.analysis), indent=1, allow_nan=False)
    from reports.build import build_report

    return build_report(data)
