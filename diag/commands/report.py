"""`diag report`: the HTML report of a run."""

import time
from pathlib import Path
from typing import Any

import click

from diag.commands.recommend_options import recommend_options, recommend_settings


@click.command(
    short_help="Write the HTML report of a run.",
    epilog="Examples:  diag report   diag report runs/20261121T* -o report.html   diag report samples.csv",
)
@click.argument("inputs", nargs=-1, type=click.Path(path_type=Path), metavar="[RUN|FILE]...")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write it. Default: the run.")
@click.option("--actions", "actions_file", type=click.Path(path_type=Path), help="Facts beside a bare file.")
@recommend_options
def command(inputs: tuple[Path, ...], output: Path | None, actions_file: Path | None, **values: Any) -> None:
    """Write one self-contained HTML file about the newest run, or about the runs and files given."""
    from diag.console import Console
    from diag.evidence import choose_inputs, gather, write_report
    from diag.settings import load_settings

    console = Console()
    rules = recommend_settings(values)
    chosen = choose_inputs(inputs, load_settings().runs)
    evidence = gather(chosen, rules, actions_file=actions_file, detail=True)
    target = output or (evidence.folders[0].report if evidence.folders else Path("report.html"))
    write_report(target, evidence, generated_at=time.time())
    console.result(str(target))
