"""A chart with everything around it: title, description in words, key, and its numbers as a table."""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.figure import Figure

from analysis.recommendation import Analysis, Recommendation
from analysis.schema import PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S, Outcome
from analysis.summary import ActionSummary, Histogram, LoadBin, Series, SurvivalCurve, TimeBin
from reports import numbers
from reports.charts.distribution import distribution
from reports.charts.ink import THEMED, Ink
from reports.charts.load import load_curve
from reports.charts.markers import Marker, markers_of
from reports.charts.names import percentile_name
from reports.charts.survival import survival, survival_range, thinned
from reports.charts.svg import to_svg
from reports.charts.timeline import timeline

MAX_TABLE_ROWS: Final = 20
SMALL_POINTS: Final = 30
FEW_SECONDS: Final = 3

SERIES_WORDS: Final = {
    "published": "published action alone",
    "draft": "draft probe alone",
    "production": "production telemetry",
}


@dataclass(frozen=True, slots=True)
class DataTable:
    """The numbers of a chart; the first column is the row's header."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class TryOut:
    """The share of calls cut off by a timeout of 1, 2, ... s (None: not known) and the axis of the chart."""

    cut_off: tuple[float | None, ...]
    at_most: float
    """The share cut off where it is not known cannot be above this."""
    low_ms: float
    high_ms: float
    start_s: int


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart of an action, ready to be drawn in any `Ink`."""

    name: str
    title: str
    description: str
    draw: Callable[[Ink], Figure]
    table: DataTable
    key: tuple[tuple[str, str], ...] = ()
    """(CSS class of the swatch, text)."""
    try_out: TryOut | None = None
    """What the page needs to let people try a timeout on this chart."""

    def svg(self, prefix: str) -> str:
        """Return the themed, inline SVG; `prefix` must be unique within the page."""
        return to_svg(
            self.draw(THEMED),
            prefix=f"{prefix}-{self.name}",
            title=self.title,
            description=self.description,
        )


def charts_of(
    action: Recommendation, summary: ActionSummary, analysis: Analysis, *, small: bool = False
) -> tuple[Chart, ...]:
    """Return the charts an action's data allow, the most telling first; none without calls.

    `small`: only the first of them, with few points, for reports of very many actions.
    """
    markers = markers_of(action, analysis)
    given_up = summary.outcomes.get(Outcome.CLIENT_TIMEOUT, 0)
    found: list[Chart] = []
    if summary.survival is not None and summary.survival.t_ms:
        curve = thinned(summary.survival, SMALL_POINTS) if small else summary.survival
        series = () if small else summary.series
        found.append(_survival_chart(action, curve, series, summary.calls, analysis, markers))
    if summary.histogram is not None and _calls(summary.histogram):
        found.append(_distribution_chart(action, summary.histogram, given_up, markers))
    if len(summary.timeline) > 1:
        found.append(_timeline_chart(action, summary.timeline, _cut_off_word(given_up)))
    if len(summary.load) > 1:
        found.append(_load_chart(action, summary.load, summary.knee_in_flight))
    return tuple(found[:1] if small else found)


def _survival_chart(
    action: Recommendation,
    curve: SurvivalCurve,
    series: Sequence[Series],
    calls: int,
    analysis: Analysis,
    markers: tuple[Marker, ...],
) -> Chart:
    percentile = analysis.settings.percentile
    low_ms, high_ms = survival_range(curve, action, markers)
    start_s = action.recommended_timeout_s or action.current_timeout_s or PLATFORM_MAX_TIMEOUT_S
    seen_ms = (action.current_timeout_s or 0) * 1000.0 if action.cut_off_now is not None else 0.0
    return Chart(
        "survival",
        "Share of calls slower than …",
        _survival_words(action, curve, percentile) + _basis(action, calls),
        lambda ink: survival(curve, action, percentile, markers, ink, series),
        _survival_table(curve, action),
        (
            ("line ok", "share of calls still waiting"),
            ("band", f"{numbers.share(analysis.settings.confidence)} band"),
            *(
                (f"series {one.name}", f"{SERIES_WORDS[one.name]} ({numbers.plural(one.calls, 'call')})")
                for one in series
            ),
            *_key(markers),
        ),
        TryOut(what_if(curve, seen_ms), curve.share[-1], low_ms, high_ms, start_s),
    )


def _survival_words(action: Recommendation, curve: SurvivalCurve, percentile: float) -> str:
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


def _survival_table(curve: SurvivalCurve, action: Recommendation) -> DataTable:
    """The curve at whole seconds, what a timeout is set in; at finer times where it is all over sooner."""
    last_s = math.floor(curve.t_ms[-1] / 1000)
    if last_s >= FEW_SECONDS:
        step = math.ceil(last_s / MAX_TABLE_ROWS)
        marked = {action.current_timeout_s, action.recommended_timeout_s}
        times = [s * 1000.0 for s in range(1, last_s + 1) if s % step == 0 or s in marked]
    else:
        grid = [m * 10.0**e for e in range(0, 4) for m in (1, 1.5, 2, 3, 4, 5, 6, 8)]
        inside = [t for t in grid if curve.t_ms[0] <= t <= curve.t_ms[-1]]
        times = inside[max(len(inside) - MAX_TABLE_ROWS, 0) :]
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


def _distribution_chart(
    action: Recommendation, histogram: Histogram, given_up: int, markers: tuple[Marker, ...]
) -> Chart:
    markers = tuple(marker for marker in markers if marker.role != "cap")
    ok, timeouts, errors = sum(histogram.ok), sum(histogram.timeouts), sum(histogram.errors)
    parts = [f"{numbers.plural(ok, 'call')} finished"]
    if action.p50_ms is not None:
        parts[0] += f", half of them within {numbers.latency(action.p50_ms)}"
    word = _cut_off_word(given_up)
    if timeouts:
        ours = f" ({numbers.count(given_up)} of them by us, or by the end of the run)" if given_up else ""
        parts.append(f"{numbers.count(timeouts)} {word}{ours}")
    if errors:
        parts.append(f"{numbers.count(errors)} failed in another way")
    words = "; ".join(parts) + ". Each lane is scaled to its own tallest bar."
    return Chart(
        "distribution",
        "How long the calls took",
        words,
        lambda ink: distribution(histogram, markers, ink, word),
        _distribution_table(histogram, word),
        _key(markers),
    )


def _distribution_table(histogram: Histogram, word: str) -> DataTable:
    """Bins with calls, neighbours merged until the table is short enough to read."""
    columns = list(zip(histogram.ok, histogram.timeouts, histogram.errors, strict=True))
    used = [index for index, calls in enumerate(columns) if any(calls)]
    first, last = used[0], used[-1] + 1
    step = math.ceil((last - first) / MAX_TABLE_ROWS)
    rows = []
    for start in range(first, last, step):
        group = range(start, min(start + step, last))
        sums = [sum(columns[index][kind] for index in group) for kind in range(3)]
        low, high = histogram.edges_ms[group[0]], histogram.edges_ms[group[-1] + 1]
        span = f"{numbers.latency(low)} to {numbers.latency(high)}"
        rows.append((span, *(numbers.count(value) for value in sums)))
    return DataTable(("Took", "Finished", word.capitalize(), "Failed"), tuple(rows))


def _cut_off_word(given_up: int) -> str:
    """Timeouts alone are "timed out"; with calls among them that we gave up on, "cut off"."""
    return "cut off" if given_up else "timed out"


def _timeline_chart(action: Recommendation, bins: Sequence[TimeBin], word: str) -> Chart:
    worst = max(bins, key=lambda b: b.p99_ms or 0.0)
    words = f"{len(bins)} slices of {numbers.duration(bins[0].width_s)}."
    if worst.p99_ms is not None:
        into = numbers.duration(worst.start_s)
        words += f" The slowest p99 was {numbers.latency(worst.p99_ms)}, {into} into the run."
    return Chart(
        "timeline",
        "Latency over time",
        words,
        lambda ink: timeline(bins, action.current_timeout_s, ink, word),
        _timeline_table(bins, word),
        (
            ("line ok", "half of the calls (p50)"),
            ("dotted estimate", "99 of 100 (p99)"),
            ("dot", "slowest call"),
        ),
    )


def _timeline_table(bins: Sequence[TimeBin], word: str) -> DataTable:
    step = math.ceil(len(bins) / MAX_TABLE_ROWS)
    rows = [
        (
            numbers.duration(b.start_s),
            numbers.count(b.calls),
            numbers.latency(b.p50_ms),
            numbers.latency(b.p99_ms),
            numbers.latency(b.max_ms),
            numbers.count(b.timeouts),
            numbers.count(b.errors),
            numbers.latency(b.schedule_lag_ms),
        )
        for b in bins[::step]
    ]
    head = ("From", "Calls", "p50", "p99", "Slowest", word.capitalize(), "Failed", "Sent late by")
    return DataTable(head if step == 1 else (f"From (every {step}th slice)", *head[1:]), tuple(rows))


def _load_chart(action: Recommendation, bins: Sequence[LoadBin], knee: float | None) -> Chart:
    words = "The median does not grow with the calls in flight, as far as was tested."
    if knee is not None:
        words = f"From about {numbers.plain(knee)} calls in flight on, the median grows with the load."
    rows = tuple(
        (
            str(b.low) if b.low == b.high else f"{b.low} to {b.high}",
            numbers.count(b.calls),
            numbers.latency(b.p50_ms),
            numbers.latency(b.p99_ms),
            numbers.count(b.timeouts),
        )
        for b in bins
    )
    return Chart(
        "load",
        "Latency against calls in flight",
        words,
        lambda ink: load_curve(bins, knee, action.current_timeout_s, ink),
        DataTable(("In flight", "Calls", "p50", "p99", "Timed out"), rows),
        (
            ("line ok", "half of the calls (p50)"),
            ("dotted estimate", "99 of 100 (p99)"),
            ("mark now", "timeout now"),
        ),
    )


def _key(markers: Sequence[Marker]) -> tuple[tuple[str, str], ...]:
    return tuple((f"mark {marker.role}", marker.key) for marker in markers)


def _calls(histogram: Histogram) -> int:
    return sum(histogram.ok) + sum(histogram.timeouts) + sum(histogram.errors)
