"""The survival curves of several runs of one action over each other, with words, key and numbers."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from analysis.number_words import percentile_name
from analysis.statistics.survival_curve import SurvivalCurve
from analysis.verdicts.recommendation import Recommendation
from analysis.views.compare_runs import ComparedAction
from reports.charts.data_table import DataColumn, data_table, every_nth_row
from reports.charts.overlay import LOOKS, overlay_chart, overlay_range
from reports.figures.figure import Axis, Chart
from reports.wording import numbers
from reports.wording.traced_text import TracedText, traced, traced_join, traced_number

_POINTS: Final = 40
"""Places at which the curves can be read."""


def overlay_figure(
    action: ComparedAction,
    letters: Sequence[str],
    curves: Sequence[SurvivalCurve | None],
    percentile: float,
) -> Chart | None:
    """Return the chart, or None where no run has a curve."""
    if all(curve is None for curve in curves):
        return None
    low_ms, high_ms = overlay_range(curves)
    times = sorted(
        {float(f"{low_ms * (high_ms / low_ms) ** (step / _POINTS):.3g}") for step in range(1, _POINTS + 1)}
    )
    rows = [(t, *(_slower_than(curve, t) for curve in curves)) for t in times]
    name = traced_number(percentile_name(percentile), percentile, "/percentile")
    words = traced_join(
        "; ", (_p99(index, letters[index], entry) for index, entry in enumerate(action.entries))
    )
    return Chart(
        "survival",
        "Share of calls slower than …",
        traced("{}: {}.", name, words),
        lambda colours: overlay_chart(curves, percentile, colours),
        data_table(
            ("t_ms", *letters),
            (
                DataColumn("Slower than", ("t_ms",), "latency"),
                *(DataColumn(one, (one,), "share") for one in letters),
            ),
            rows,
            every_nth_row(len(rows))[0],
        ),
        Axis("log", low_ms, high_ms),
        tuple((f"run run-{index % len(LOOKS)}", letter) for index, letter in enumerate(letters)),
    )


def _p99(index: int, letter: str, entry: Recommendation | None) -> TracedText:
    if entry is None:
        return traced("{} not measured", letter)
    found = traced_number(numbers.quantile(entry.quantile_ms), entry.quantile_ms, f"runs/{index}/p99_ms")
    if entry.quantile_upper_ms is None:
        return traced("{} {}", letter, found)
    upper = traced_number(
        numbers.at_most(entry.quantile_upper_ms), entry.quantile_upper_ms, f"runs/{index}/p99_upper_ms"
    )
    return traced("{} {} (at most {})", letter, found, upper)


def _slower_than(curve: SurvivalCurve | None, t_ms: float) -> float | None:
    """Return the share at t; None where there is no curve, or beyond its end while calls still waited."""
    if curve is None or (t_ms > curve.t_ms[-1] and curve.share[-1] > 0):
        return None
    index = bisect_right(curve.t_ms, t_ms) - 1
    return curve.share[index] if index >= 0 else 1.0
