"""The survival curve of an action with its words, its table, and what each timeout would cut off."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from analysis.recommendation import Analysis, Recommendation
from analysis.schema import PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S
from analysis.summary import Series, SurvivalCurve
from reports import numbers
from reports.chart import MAX_TABLE_ROWS, Chart, DataTable, TryOut, key_of
from reports.charts.markers import Marker
from reports.charts.names import percentile_name
from reports.charts.survival import survival, survival_range, thinned

SMALL_POINTS: Final = 30
"""Steps of a curve in a report of very many actions."""

_FEW_SECONDS: Final = 3
"""A curve that is over sooner is tabled at finer times than whole seconds."""

SERIES_WORDS: Final = {
    "published": "published action alone",
    "draft": "draft probe alone",
    "production": "production telemetry",
}


def survival_figure(
    action: Recommendation,
    curve: SurvivalCurve,
    series: Sequence[Series],
    calls: int,
    analysis: Analysis,
    markers: tuple[Marker, ...],
    *,
    small: bool = False,
) -> Chart:
    """Return the chart that shows why; `calls` is how many are drawn, `small` draws fewer points.

    The table and the numbers to try out always come from the whole curve.
    """
    percentile = analysis.settings.percentile
    drawn = thinned(curve, SMALL_POINTS) if small else curve
    low_ms, high_ms = survival_range(drawn, action, markers)
    start_s = action.recommended_timeout_s or action.current_timeout_s or PLATFORM_MAX_TIMEOUT_S
    seen_ms = (action.current_timeout_s or 0) * 1000.0 if action.cut_off_now is not None else 0.0
    return Chart(
        "survival",
        "Share of calls slower than …",
        _words(action, curve, percentile) + _basis(action, calls),
        lambda ink: survival(drawn, action, percentile, markers, ink, series),
        _table(curve, action, MAX_TABLE_ROWS // 2 if small else MAX_TABLE_ROWS),
        (
            ("line ok", "share of calls still waiting"),
            ("band", f"{numbers.share(analysis.settings.confidence)} band"),
            *(
                (f"series {one.name}", f"{SERIES_WORDS[one.name]} ({numbers.plural(one.calls, 'call')})")
                for one in series
            ),
            *key_of(markers),
        ),
        TryOut(what_if(curve, seen_ms), curve.share[-1], low_ms, high_ms, start_s),
    )


def _words(action: Recommendation, curve: SurvivalCurve, percentile: float) -> str:
    name, allowed = percentile_name(percentile), numbers.share(1 - percentile)
    parts = []
    if action.current_timeout_s is not None and action.cut_off_now == 0:
        parts.append(f"The present timeout of {action.current_timeout_s} s cut off no call.")
    elif action.current_timeout_s is not None and action.cut_off_now is not None:
        parts.append(
            f"At the present timeout of {action.current_timeout_s} s, "
            f"{numbers.share(action.cut_off_now)} of calls are still waiting and are cut off."
        )
    if action.p99_ms is not None:
        bound = f", at most {numbers.latency(action.p99_upper_ms)}" if action.p99_upper_ms is not None else ""
        parts.append(f"The share falls to {allowed} at {numbers.latency(action.p99_ms)} ({name}{bound}).")
    elif curve.share[-1] <= 1 - percentile:
        parts.append(f"Too few calls could be seen this far to name {name}.")
    else:
        parts.append(
            f"The curve ends at {numbers.latency(curve.t_ms[-1])} with "
            f"{numbers.share(curve.share[-1])} of calls still waiting, so {name} is not known."
        )
    if action.recommended_timeout_s not in (None, action.current_timeout_s) and (
        action.cut_off_after is not None
    ):
        cut = "none" if action.cut_off_after == 0 else numbers.share(action.cut_off_after)
        parts.append(f"At {action.recommended_timeout_s} s, {cut} would be cut off.")
    return " ".join(parts)


def _basis(action: Recommendation, calls: int) -> str:
    """Charts show every call; a verdict may rest on fewer (one load level, no warm-up, no refused calls)."""
    if calls == action.samples:
        return ""
    return (
        f" Drawn from all {numbers.count(calls)} calls; the verdict rests on {numbers.count(action.samples)}."
    )


def _table(curve: SurvivalCurve, action: Recommendation, most: int) -> DataTable:
    """The curve at whole seconds, what a timeout is set in; at finer times where it is all over sooner."""
    last_s = math.floor(curve.t_ms[-1] / 1000)
    if last_s >= _FEW_SECONDS:
        step = math.ceil(last_s / most)
        marked = {action.current_timeout_s, action.recommended_timeout_s}
        times = [s * 1000.0 for s in range(1, last_s + 1) if s % step == 0 or s in marked]
    else:
        grid = [m * 10.0**e for e in range(0, 4) for m in (1, 1.5, 2, 3, 4, 5, 6, 8)]
        inside = [t for t in grid if curve.t_ms[0] <= t <= curve.t_ms[-1]]
        times = inside[max(len(inside) - most, 0) :]
    rows = []
    for t in [*times, curve.t_ms[-1]]:
        index = max(bisect_right(curve.t_ms, t) - 1, 0)
        band = f"{numbers.share(curve.lower[index])} to {numbers.share(curve.upper[index])}"
        rows.append((numbers.latency(t), numbers.share(_slower_than(curve, t)), band))
    return DataTable(("Slower than", "Share of calls", "Band"), tuple(rows))


def _slower_than(curve: SurvivalCurve, t_ms: float) -> float:
    index = bisect_right(curve.t_ms, t_ms) - 1
    return curve.share[index] if index >= 0 else 1.0


def what_if(curve: SurvivalCurve, seen_until_ms: float = 0.0) -> tuple[float | None, ...]:
    """Return the share of calls a timeout of 1, 2, ... 60 s would cut off; None where it is not known.

    A curve that ends above nothing is known to its last step, or to `seen_until_ms` where calls were
    seen to last longer than that (the timeout that cut them off).
    """
    known_ms = math.inf if curve.share[-1] <= 0 else max(curve.t_ms[-1], seen_until_ms)
    return tuple(
        _slower_than(curve, s * 1000.0) if s * 1000.0 <= known_ms else None
        for s in range(PLATFORM_MIN_TIMEOUT_S, PLATFORM_MAX_TIMEOUT_S + 1)
    )
