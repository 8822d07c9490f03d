"""The survival curve of an action with its words, its table, and what each timeout would cut off."""

import math
from bisect import bisect_right
from typing import Final

from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S
from analysis.number_words import percentile_name, plural
from analysis.statistics.survival_curve import SurvivalCurve
from analysis.verdicts.recommendation import Analysis, Recommendation
from analysis.views.summary import ActionSummary, Series
from reports.charts.data_table import MAX_SHOWN_ROWS, DataColumn, DataTable, data_table
from reports.charts.survival import survival_chart, survival_range, thinned
from reports.charts.timeout_lines import Marker
from reports.figures.figure import Axis, Chart, TryOut, key_entries
from reports.wording import numbers
from reports.wording.traced_text import traced, traced_join, traced_number

SMALL_POINTS: Final = 30
"""Steps of a curve in a report of very many actions."""

_FEW_SECONDS: Final = 3
"""A curve that is over sooner is tabled at finer times than whole seconds."""

_READ_POINTS: Final = 48
"""Places at which values can be read off the chart, beside the whole seconds."""

_FACTS: Final = "figures/survival/facts"

SERIES_WORDS: Final = {
    "published": "published action only",
    "draft": "draft with a longer timeout only",
    "production": "production telemetry",
    "test": "the test",
}


def survival_figure(
    action: Recommendation,
    summary: ActionSummary,
    analysis: Analysis,
    markers: tuple[Marker, ...],
    *,
    small: bool = False,
) -> Chart:
    """Return the chart that shows why; `small` draws fewer points and no series.

    The table and the numbers to try out always come from the whole curve.
    """
    curve, percentile = summary.survival, action.percentile
    if curve is None:
        raise ValueError("an action without a curve has no survival chart")
    series = () if small else summary.series
    drawn = thinned(curve, SMALL_POINTS) if small else curve
    low_ms, high_ms = survival_range(drawn, action, markers, series)
    start_s = action.recommended_timeout_s or action.current_timeout_s or PLATFORM_MAX_TIMEOUT_S
    confidence = analysis.settings.confidence
    return Chart(
        "survival",
        "Share of calls slower than …",
        traced_join(" ", _words(action, curve, percentile) + _basis(action, summary.calls)),
        lambda colours: survival_chart(drawn, action, percentile, markers, colours, series),
        _table(curve, action, summary, low_ms, small=small),
        Axis("log", low_ms, high_ms),
        (
            ("line ok", "share of calls still waiting"),
            (
                "band",
                traced(
                    "{} confidence band",
                    traced_number(numbers.share(confidence), confidence, "/settings/confidence"),
                ),
            ),
            *(
                (
                    f"series {one.name}",
                    traced(
                        "{} ({})",
                        SERIES_WORDS[one.name],
                        traced_number(_many(one.name, one.calls), one.calls, f"summary/series/{index}/calls"),
                    ),
                )
                for index, one in enumerate(series)
            ),
            *key_entries(markers),
        ),
        TryOut(cut_off_by_timeout(curve), curve.share[-1], start_s),
        facts={
            "allowed": 1 - percentile,
            "end_ms": curve.t_ms[-1],
            "end_share": curve.share[-1],
            "calls": summary.calls,
        },
    )


def _many(series: str, calls: int) -> str:
    return plural(calls, "execution" if series == "production" else "call")


def _words(action: Recommendation, curve: SurvivalCurve, percentile: float) -> list[str]:
    name = traced_number(percentile_name(percentile), percentile, "percentile")
    allowed = traced_number(numbers.share(1 - percentile), 1 - percentile, f"{_FACTS}/allowed")
    now_s = traced_number(f"{action.current_timeout_s} s", action.current_timeout_s, "current_timeout_s")
    cut_now = traced_number(numbers.share(action.cut_off_now), action.cut_off_now, "cut_off_now")
    parts: list[str] = []
    if action.current_timeout_s is not None and action.cut_off_now == 0:
        parts.append(traced("The present timeout of {} cut off no call.", now_s))
    elif action.current_timeout_s is not None and action.cut_off_now is not None:
        text = "At the present timeout of {}, {} of calls are still waiting and are cut off."
        parts.append(traced(text, now_s, cut_now))
    if action.quantile_ms is not None:
        parts.append(
            traced(
                "The share falls to {} at {} ({}{}).",
                allowed,
                traced_number(
                    numbers.quantile(action.quantile_ms, action.precision), action.quantile_ms, "p99_ms"
                ),
                name,
                _at_most(action),
            )
        )
    elif curve.share[-1] <= 1 - percentile:
        parts.append(traced("Too few calls reach this far to give {}.", name))
    else:
        end = traced_number(numbers.latency(curve.t_ms[-1]), curve.t_ms[-1], f"{_FACTS}/end_ms")
        left = traced_number(numbers.share(curve.share[-1]), curve.share[-1], f"{_FACTS}/end_share")
        text = "The curve ends at {} with {} of calls still waiting, so {} is not known."
        parts.append(traced(text, end, left, name))
    if action.recommended_timeout_s not in (None, action.current_timeout_s) and (
        action.cut_off_after is not None
    ):
        to_s = traced_number(
            f"{action.recommended_timeout_s} s", action.recommended_timeout_s, "recommended_timeout_s"
        )
        after = traced_number(numbers.share(action.cut_off_after), action.cut_off_after, "cut_off_after")
        parts.append(traced("At {}, {} would be cut off.", to_s, after if action.cut_off_after else "none"))
    return parts


def _at_most(action: Recommendation) -> str:
    upper = action.quantile_upper_ms
    return (
        ""
        if upper is None
        else traced(", at most {}", traced_number(numbers.at_most(upper), upper, "p99_upper_ms"))
    )


def _basis(action: Recommendation, calls: int) -> list[str]:
    """The curve is the verdict's, which may rest on fewer calls: one load level, no warm-up, none refused."""
    if calls == action.samples:
        return []
    drawn = traced_number(numbers.count(calls), calls, f"{_FACTS}/calls")
    rests = traced_number(numbers.count(action.samples), action.samples, "samples")
    lines: list[str] = [traced("Drawn from the {} of {} calls that the verdict rests on.", rests, drawn)]
    if action.clock == "response":
        lines.append(
            traced("It counts from dispatch, as the timeout does; the verdict from the planned start.")
        )
    return lines


def _table(
    curve: SurvivalCurve, action: Recommendation, summary: ActionSummary, low_ms: float, *, small: bool
) -> DataTable:
    """The curve at whole seconds (what a timeout is set in) and at finer times; the page shows some."""
    end_ms = curve.t_ms[-1]
    wanted = _shown_times(curve, action, MAX_SHOWN_ROWS // 2 if small else MAX_SHOWN_ROWS)
    whole = action.precision == "production"
    between = set() if small else _read_times(max(low_ms, curve.t_ms[0] / 2), end_ms, whole=whole)
    times = sorted({*wanted, *between, end_ms})
    others = [one for one in summary.series if one.name in ("production", "test")] if not small else []
    rows = []
    for t in times:
        index = bisect_right(curve.t_ms, t) - 1
        band = (1.0, 1.0) if index < 0 else (curve.lower[index], curve.upper[index])
        rows.append((t, _slower_than(curve, t), *band, *(_known_at(one, t) for one in others)))
    columns = [
        DataColumn("Slower than", ("t_ms",), "latency"),
        DataColumn("Share of calls", ("share",), "share"),
        DataColumn("Band", ("lower", "upper"), "share"),
        *(DataColumn(SERIES_WORDS[one.name].capitalize(), (one.name,), "share") for one in others),
    ]
    shown = [(index, index) for index, t in enumerate(times) if t in wanted or t == end_ms]
    names = [one.name for one in others]
    return data_table(("t_ms", "share", "lower", "upper", *names), columns, rows, shown)


def _shown_times(curve: SurvivalCurve, action: Recommendation, most: int) -> set[float]:
    last_s = math.floor(curve.t_ms[-1] / 1000)
    if last_s >= _FEW_SECONDS or action.precision == "production":
        step = max(math.ceil(last_s / most), 1)
        marked = {action.current_timeout_s, action.recommended_timeout_s}
        return {s * 1000.0 for s in range(1, last_s + 1) if s % step == 0 or s in marked}
    grid = [m * 10.0**e for e in range(0, 4) for m in (1, 1.5, 2, 3, 4, 5, 6, 8)]
    inside = [t for t in grid if curve.t_ms[0] <= t <= curve.t_ms[-1]]
    return set(inside[max(len(inside) - most, 0) :])


def _read_times(low_ms: float, end_ms: float, *, whole: bool) -> set[float]:
    """Whole seconds and, unless only those are known, places evenly spread over the axis."""
    seconds = {s * 1000.0 for s in range(1, int(end_ms / 1000) + 1)}
    spread = [low_ms * (end_ms / low_ms) ** (index / _READ_POINTS) for index in range(_READ_POINTS)]
    fine = {float(f"{t:.3g}") for t in spread}
    return seconds if whole else seconds | {t for t in fine if low_ms <= t < end_ms}


def _slower_than(curve: SurvivalCurve, t_ms: float) -> float:
    index = bisect_right(curve.t_ms, t_ms) - 1
    return curve.share[index] if index >= 0 else 1.0


def _known_at(series: Series, t_ms: float) -> float | None:
    """The share of another series; production is known at whole seconds only, and no curve beyond its end."""
    curve = series.survival
    if series.name == "production" and t_ms % 1000:
        return None
    return _slower_than(curve, t_ms) if t_ms <= curve.t_ms[-1] or curve.share[-1] <= 0 else None


def cut_off_by_timeout(curve: SurvivalCurve) -> tuple[float | None, ...]:
    """Return the share of calls a timeout of 1, 2, ... 60 s would cut off; None where it is not known.

    A curve that ends above nothing is known to its last step, or as long as calls were watched (the timeout
    that cut them off). It is the curve the verdict's shares are read from, so that both agree.
    """
    known_ms = math.inf if curve.share[-1] <= 0 else max(curve.t_ms[-1], curve.watched_ms)
    return tuple(
        _slower_than(curve, s * 1000.0) if s * 1000.0 <= known_ms else None
        for s in range(PLATFORM_MIN_TIMEOUT_S, PLATFORM_MAX_TIMEOUT_S + 1)
    )
