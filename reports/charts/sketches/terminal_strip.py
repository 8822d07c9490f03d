"""The strip of calls beside each action in a terminal's report: its width, and how blocks draw it.

The report's page has another one, an SVG: `latency_strip`.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from analysis.verdicts.recommendation import Recommendation
from analysis.views.summary import ActionSummary, Histogram
from reports.wording.verdict_words import shown_number

COLUMNS: Final = 34
"""Width of a strip and of its axis, in characters."""
NOW: Final = "│"
RECOMMENDED: Final = "┃"
_BARS: Final = " ▁▂▃▄▅▆▇█"
_AXIS_MS: Final = ((10, "10ms"), (100, "0.1s"), (1000, "1s"), (10_000, "10s"), (60_000, "60s"))


def block_strip(histogram: Histogram | None, action: Recommendation, low_ms: float, high_ms: float) -> str:
    """Return the calls' latencies as `COLUMNS` block characters on a log axis, the timeouts drawn in.

    All calls are in it, also those that timed out or failed, each at the time it ended.
    """
    heights = [0.0] * COLUMNS
    if histogram is not None:
        together = zip(histogram.ok, histogram.timeouts, histogram.errors, strict=True)
        for left, right, calls in zip(
            histogram.edges_ms[:-1], histogram.edges_ms[1:], map(sum, together), strict=True
        ):
            heights[_column(math.sqrt(max(left, 1e-3) * right), low_ms, high_ms)] += calls
    top = max(heights) or 1.0
    text = [_BARS[math.ceil(height / top * (len(_BARS) - 1))] for height in heights]
    if action.current_timeout_s is not None:
        text[_column(action.current_timeout_s * 1000, low_ms, high_ms)] = NOW
    to_s = shown_number(action)
    if to_s is not None:
        text[_column(to_s * 1000, low_ms, high_ms)] = RECOMMENDED
    return "".join(text)


def strip_range(actions: Sequence[Recommendation], summaries: Iterable[ActionSummary]) -> tuple[float, float]:
    """Return one axis in ms for all actions, so that their strips can be compared."""
    histograms = [one.histogram for one in summaries if one.histogram is not None]
    values = [
        edge
        for histogram in histograms
        for index in range(len(histogram.ok))
        if histogram.ok[index] or histogram.timeouts[index] or histogram.errors[index]
        for edge in histogram.edges_ms[index : index + 2]
    ]
    values += [one.current_timeout_s * 1e3 for one in actions if one.current_timeout_s is not None]
    inside = [max(value, 1.0) for value in values] or [10.0, 60_000.0]
    low, high = min(inside), max(inside)
    return (low, high) if high > low * 2 else (low / 2, high * 2)


def strip_axis(low_ms: float, high_ms: float) -> str:
    """Return the axis that all strips share, for the line above them."""
    line = [" "] * COLUMNS
    end = -1
    for ms, label in _AXIS_MS:
        start = min(_column(ms, low_ms, high_ms), COLUMNS - len(label))
        if low_ms <= ms <= high_ms * 1.001 and start > end:
            line[start : start + len(label)] = label
            end = start + len(label)
    return "".join(line)


def _column(ms: float, low_ms: float, high_ms: float) -> int:
    place = math.log(max(ms, low_ms) / low_ms) / math.log(high_ms / low_ms) * COLUMNS
    return min(max(int(place), 0), COLUMNS - 1)
