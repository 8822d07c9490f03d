"""The charts of one action: which of them its data allow, each with its words, key and table."""

import math
from collections.abc import Sequence

from analysis.format.sample_schema import Outcome
from analysis.number_words import plural
from analysis.verdicts.recommendation import Analysis, Recommendation
from analysis.views.summary import ActionSummary, Histogram, LoadBin, Series
from reports.charts.data_table import MAX_SHOWN_ROWS, DataColumn, data_table, every_nth_row
from reports.charts.distribution import distribution_chart, distribution_range
from reports.charts.load import load_chart, load_range
from reports.charts.timeline import timeline_chart, timeline_end
from reports.charts.timeout_lines import Marker, action_markers
from reports.figures.figure import Axis, Chart, key_entries
from reports.figures.survival_figure import survival_figure
from reports.wording import numbers
from reports.wording.traced_text import TracedText, traced, traced_join, traced_number


def action_charts(
    action: Recommendation, summary: ActionSummary, analysis: Analysis, *, small: bool = False
) -> tuple[Chart, ...]:
    """Return the charts an action's data allow, the most telling first; none without calls.

    `small`: only the first of them, with few points, for reports of very many actions.
    """
    markers = action_markers(action, analysis)
    found: list[Chart] = []
    if summary.survival is not None and summary.survival.t_ms:
        found.append(survival_figure(action, summary, analysis, markers, small=small))
    if summary.histogram is not None and _calls(summary.histogram):
        found.append(_distribution_chart(action, summary, summary.histogram, markers))
    if len(summary.timeline) > 1 and any(b.p50_ms or b.max_ms for b in summary.timeline):
        found.append(_timeline_chart(action, summary, analysis.settings.warmup_s))
    if len(summary.load) > 1:
        found.append(_load_chart(action, summary.load, summary.knee_in_flight))
    return tuple(found[:1] if small else found)


def _distribution_chart(
    action: Recommendation, summary: ActionSummary, histogram: Histogram, markers: tuple[Marker, ...]
) -> Chart:
    markers = tuple(marker for marker in markers if marker.role != "cap")
    beside = [one for one in summary.series if one.histogram is not None]
    given_up = summary.outcomes.get(Outcome.CLIENT_TIMEOUT, 0)
    word = _cut_off_word(summary)
    low_ms, high_ms = distribution_range(histogram, markers, beside)
    return Chart(
        "distribution",
        "How long the calls took",
        _distribution_words(action, histogram, given_up, word, beside),
        lambda colours: distribution_chart(histogram, markers, colours, word, beside),
        data_table(
            ("from_ms", "to_ms", "ok", "timeouts", "errors"),
            (
                DataColumn("Took", ("from_ms", "to_ms"), "latency"),
                DataColumn("Finished", ("ok",), "count", adds_up=True),
                DataColumn(word.capitalize(), ("timeouts",), "count", adds_up=True),
                DataColumn("Failed", ("errors",), "count", adds_up=True),
            ),
            _bins(histogram),
            _merged(len(_bins(histogram))),
        ),
        Axis("log", low_ms, high_ms),
        key_entries(markers),
        facts={
            "ok": sum(histogram.ok),
            "timeouts": sum(histogram.timeouts),
            "given_up": given_up,
            "errors": sum(histogram.errors),
        },
    )


def _distribution_words(
    action: Recommendation, histogram: Histogram, given_up: int, word: str, beside: Sequence[Series]
) -> TracedText:
    ok, timeouts, errors = sum(histogram.ok), sum(histogram.timeouts), sum(histogram.errors)
    at = "figures/distribution/facts"
    parts: list[str] = [traced("{} finished", traced_number(plural(ok, "call"), ok, f"{at}/ok"))]
    if action.p50_ms is not None:
        half = traced_number(numbers.quantile(action.p50_ms, action.precision), action.p50_ms, "p50_ms")
        within = "in" if action.precision == "production" else "within"
        parts[0] = traced("{}, half of all {} {}", parts[0], within, half)
    if timeouts:
        cut = traced("{} {}", traced_number(numbers.count(timeouts), timeouts, f"{at}/timeouts"), word)
        if given_up:
            ours = traced_number(numbers.count(given_up), given_up, f"{at}/given_up")
            cut = traced("{} ({} of them by diag or by the end of the run)", cut, ours)
        parts.append(cut)
    if errors:
        parts.append(
            traced("{} failed in another way", traced_number(numbers.count(errors), errors, f"{at}/errors"))
        )
    end = ". Each lane is scaled to its own tallest bar."
    if beside:
        end += " Production is counted in whole seconds: the area of a bar is its calls, not its height."
    return traced("{}{}", traced_join("; ", parts), end)


def _bins(histogram: Histogram) -> list[tuple[float, ...]]:
    """Bins from the first to the last that hold a call."""
    rows: list[tuple[float, ...]] = list(
        zip(
            histogram.edges_ms[:-1],
            histogram.edges_ms[1:],
            histogram.ok,
            histogram.timeouts,
            histogram.errors,
            strict=True,
        )
    )
    used = [index for index, row in enumerate(rows) if any(row[2:])]
    return rows[used[0] : used[-1] + 1]


def _merged(rows: int) -> tuple[tuple[int, int], ...]:
    """Neighbours merged until the table is short enough to read."""
    step = math.ceil(rows / MAX_SHOWN_ROWS)
    return tuple((start, min(start + step, rows) - 1) for start in range(0, rows, step))


def _cut_off_word(summary: ActionSummary) -> str:
    """Timeouts alone are "timed out"; with calls among them that we gave up on, "cut off"."""
    return "cut off" if summary.outcomes.get(Outcome.CLIENT_TIMEOUT, 0) else "timed out"


def _change_on_timeline(action: Recommendation, summary: ActionSummary) -> float | None:
    """Return where a step lies on the time axis; None where there is none. A drift has no place."""
    change = action.change
    if change is None or change.kind != "step" or summary.started_at is None:
        return None
    return min(max(change.at - summary.started_at, 0.0), timeline_end(summary.timeline))


def _from_the_first_call(change_s: float, action: Recommendation, warmup_s: float) -> str:
    """Why the axis tells another time than the sentence: that begins with the first call that counts."""
    assert action.change is not None
    longer_s = change_s - action.change.after_s
    return " with its warm-up" if 1.0 <= longer_s <= warmup_s + 1.0 else ""


def _timeline_chart(action: Recommendation, summary: ActionSummary, warmup_s: float) -> Chart:
    bins, word = summary.timeline, _cut_off_word(summary)
    worst = max(bins, key=lambda b: b.p99_ms or 0.0)
    at = "figures/timeline/facts"
    words = traced(
        "{} slices of {} each.",
        traced_number(str(len(bins)), len(bins), f"{at}/slices"),
        traced_number(numbers.duration(bins[0].width_s), bins[0].width_s, f"{at}/width_s"),
    )
    if worst.p99_ms is not None:
        words = traced(
            "{} The slowest p99 was {}, {} into the {}.",
            words,
            traced_number(numbers.quantile(worst.p99_ms), worst.p99_ms, f"{at}/worst_p99_ms"),
            traced_number(numbers.duration(worst.start_s), worst.start_s, f"{at}/worst_start_s"),
            "run" if action.source == "test" else "window",
        )
    change_s = _change_on_timeline(action, summary)
    if change_s is not None:
        words = traced(
            "{} The dashed line, at {}{}, is where it changed.",
            words,
            traced_number(numbers.duration(change_s), change_s, f"{at}/change_s"),
            _from_the_first_call(change_s, action, warmup_s),
        )
    shown, step = every_nth_row(len(bins))
    rows = [
        (b.start_s, b.start_s + b.width_s, b.calls, b.p50_ms, b.p99_ms, b.max_ms, b.timeouts, b.errors)
        for b in bins
    ]
    fields = ["start_s", "end_s", "calls", "p50_ms", "p99_ms", "max_ms", "timeouts", "errors"]
    columns = [
        DataColumn("From" if step == 1 else f"From (every {step}th slice)", ("start_s",), "duration"),
        DataColumn("Calls", ("calls",), "count"),
        DataColumn("p50", ("p50_ms",), "latency"),
        DataColumn("p99", ("p99_ms",), "latency"),
        DataColumn("Slowest", ("max_ms",), "latency"),
        DataColumn(word.capitalize(), ("timeouts",), "count"),
        DataColumn("Failed", ("errors",), "count"),
    ]
    raw: list[tuple[float | None, ...]] = list(rows)
    if any(b.schedule_lag_ms is not None for b in bins):
        fields.append("schedule_lag_ms")
        columns.append(DataColumn("Sent late by", ("schedule_lag_ms",), "latency"))
        raw = [(*row, b.schedule_lag_ms) for row, b in zip(rows, bins, strict=True)]
    key = [("line ok", "half of the calls (p50)"), ("dotted estimate", "99 of 100 (p99)")]
    if any(b.max_ms is not None for b in bins):
        key.append(("dot", "slowest call"))
    return Chart(
        "timeline",
        "Latency over time",
        words,
        lambda colours: timeline_chart(bins, action.current_timeout_s, colours, word, change_s),
        data_table(fields, columns, raw, shown),
        Axis("linear", 0.0, timeline_end(bins)),
        tuple(key),
        facts={
            "slices": len(bins),
            "width_s": bins[0].width_s,
            "change_s": change_s,
            "worst_p99_ms": worst.p99_ms,
            "worst_start_s": worst.start_s,
            "every": step,
        },
    )


def _load_chart(action: Recommendation, bins: Sequence[LoadBin], knee: float | None) -> Chart:
    words: str = "At the tested loads, the median does not grow with the calls in flight."
    if knee is not None:
        words = traced(
            "The median grows with the load from about {} calls in flight.",
            traced_number(numbers.plain(knee), knee, "summary/knee_in_flight"),
        )
    return Chart(
        "load",
        "Latency against calls in flight",
        words,
        lambda colours: load_chart(bins, knee, action.current_timeout_s, colours),
        data_table(
            ("low", "high", "calls", "p50_ms", "p99_ms", "timeouts"),
            (
                DataColumn("In flight", ("low", "high"), "count"),
                DataColumn("Calls", ("calls",), "count"),
                DataColumn("p50", ("p50_ms",), "latency"),
                DataColumn("p99", ("p99_ms",), "latency"),
                DataColumn("Timed out", ("timeouts",), "count"),
            ),
            [(b.low, b.high, b.calls, b.p50_ms, b.p99_ms, b.timeouts) for b in bins],
            every_nth_row(len(bins))[0],
        ),
        Axis("log", *load_range(bins, knee)),
        (
            ("line ok", "half of the calls (p50)"),
            ("dotted estimate", "99 of 100 (p99)"),
            ("mark now", "timeout now"),
        ),
    )


def _calls(histogram: Histogram) -> int:
    return sum(histogram.ok) + sum(histogram.timeouts) + sum(histogram.errors)
