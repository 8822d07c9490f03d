"""The charts of one action: which of them its data allow, each with its words, key and table."""

import math
from collections.abc import Sequence

from analysis.recommendation import Analysis, Recommendation
from analysis.schema import Outcome
from analysis.summary import ActionSummary, Histogram, LoadBin, TimeBin
from reports import numbers
from reports.chart import MAX_TABLE_ROWS, Chart, DataTable, key_of
from reports.charts.distribution import distribution
from reports.charts.load import load_curve
from reports.charts.markers import Marker, markers_of
from reports.charts.timeline import timeline
from reports.survival_figure import survival_figure


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
        series = () if small else summary.series
        found.append(
            survival_figure(action, summary.survival, series, summary.calls, analysis, markers, small=small)
        )
    if summary.histogram is not None and _calls(summary.histogram):
        found.append(_distribution_chart(action, summary.histogram, given_up, markers))
    if len(summary.timeline) > 1 and any(b.max_ms is not None for b in summary.timeline):
        found.append(_timeline_chart(action, summary.timeline, _cut_off_word(given_up)))
    if len(summary.load) > 1:
        found.append(_load_chart(action, summary.load, summary.knee_in_flight))
    return tuple(found[:1] if small else found)


def _distribution_chart(
    action: Recommendation, histogram: Histogram, given_up: int, markers: tuple[Marker, ...]
) -> Chart:
    markers = tuple(marker for marker in markers if marker.role != "cap")
    ok, timeouts, errors = sum(histogram.ok), sum(histogram.timeouts), sum(histogram.errors)
    parts = [f"{numbers.plural(ok, 'call')} finished"]
    if action.p50_ms is not None:
        parts[0] += f", half of all within {numbers.latency(action.p50_ms)}"
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
        key_of(markers),
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


def _calls(histogram: Histogram) -> int:
    return sum(histogram.ok) + sum(histogram.timeouts) + sum(histogram.errors)
