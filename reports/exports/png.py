"""Every chart as a PNG file, for slides."""

import re
import warnings
from pathlib import Path
from typing import Final

from analysis.plain_text import printable
from reports.charts.colour_roles import PRINT_COLOURS
from reports.figures.action_figures import action_charts
from reports.figures.figure import Chart
from reports.report_data import ReportData

_NOT_PLAIN: Final = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME: Final = 40
_DPI: Final = 220
_TITLE_PX: Final = 14


def export_charts(data: ReportData, folder: Path) -> tuple[Path, ...]:
    """Write one PNG per chart into the folder (made if missing) and return the paths, in report order."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    sandbox = data.analysis.sandbox is True or any(manifest.sandbox for manifest in data.manifests)
    for rank, action in enumerate(data.analysis.actions, start=1):
        summary = data.summaries.get(action.action_id)
        if summary is None:
            continue
        for chart in action_charts(action, summary, data.analysis):
            path = folder / f"{chart_file_name(rank, action.action_name, chart.name)}.png"
            _write(chart, f"{'SANDBOX · ' if sandbox else ''}{action.action_name} · {chart.title}", path)
            written.append(path)
    return tuple(written)


def chart_file_name(rank: int, action_name: str, chart: str) -> str:
    """Return `01-order-lookup-survival`: safe on every file system, whatever the action is called."""
    plain = _NOT_PLAIN.sub("-", printable(action_name).lower())[:_LONGEST_NAME].strip("-")
    return "-".join(part for part in (f"{rank:02d}", plain, chart) if part)


def _write(chart: Chart, title: str, path: Path) -> None:
    figure = chart.draw(PRINT_COLOURS)
    figure.text(
        0.01,
        1.03,
        printable(title),
        fontsize=_TITLE_PX,
        fontweight="bold",
        color=PRINT_COLOURS.text,
        ha="left",
        va="bottom",
        parse_math=False,
    )
    with warnings.catch_warnings():
        # A name may hold characters the bundled font lacks: they are drawn as boxes, that is enough.
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        figure.savefig(
            path,
            dpi=_DPI,
            bbox_inches="tight",
            pad_inches=0.15,
            facecolor=PRINT_COLOURS.paper,
            metadata={"Software": None},
        )
