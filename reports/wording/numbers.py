"""Numbers as they are shown, in the words of `analysis.number_words`; the unknown is UNKNOWN, never NaN."""

import math
from typing import Final

from analysis import number_words

UNKNOWN: Final = "–"


def latency(ms: float | None) -> str:
    """Return a latency as `840 ms` or `1.23 s`; UNKNOWN for None."""
    return UNKNOWN if ms is None or not math.isfinite(ms) else number_words.latency(ms)


def at_most(ms: float | None) -> str:
    """Return an upper bound as `latency` would, rounded up: what is shown must hold as well."""
    return UNKNOWN if ms is None or not math.isfinite(ms) else number_words.at_most(ms)


def at_least(ms: float | None) -> str:
    """Return a lower bound as `latency` would, rounded down."""
    return UNKNOWN if ms is None or not math.isfinite(ms) else number_words.at_least(ms)


def quantile(ms: float | None, source: str = "test") -> str:
    """Return a quantile of an action, rounded up as in sentences: within it, calls end.

    Production is counted by whole seconds, so no more is known there.
    """
    if ms is None or source != "production":
        return at_most(ms)
    top = max(math.ceil(ms / 1000 - 1e-9), 1)
    return "under 1 s" if top == 1 else f"{top - 1} to {top} s"


def quantile_below(heading: float, percentile: float, ms: float | None, source: str = "test") -> str:
    """Return `quantile` for below a heading of one percentile, with its own for an action that has one."""
    own = "" if percentile == heading else f"{number_words.percentile_name(percentile)} "
    return f"{own}{quantile(ms, source)}"


def seconds(value_s: float | None) -> str:
    """Return a timeout or another whole number of seconds as `5 s`."""
    return UNKNOWN if value_s is None else f"{number_words.significant(value_s)} s"


def share(value: float | None) -> str:
    """Return a share of 0..1 as `5.8 %`; small but positive ones never become `0 %`."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return "< 0.01 %" if 0 < value < 0.0001 else number_words.percent_figure(value)


def share_at_most(value: float | None) -> str:
    """Return an upper bound of a share as `share` would, rounded up: what is shown must hold as well."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return "< 0.01 %" if 0 < value < 0.0001 else number_words.percent_at_most(value)


def count(value: float | None) -> str:
    """Return a number of calls with thousands marked: `48,120`."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def rate(per_s: float | None) -> str:
    """Return an arrival rate as `2.5 calls/s`."""
    return UNKNOWN if per_s is None else f"{number_words.significant(per_s)} calls/s"


def plain(value: float | None) -> str:
    """Return a bare number to three significant digits."""
    return UNKNOWN if value is None or not math.isfinite(value) else number_words.significant(value)


def duration(value_s: float | None) -> str:
    """Return a span as `45 s`, `12 min`, `3 h 20 min` or `2 days 4 h`; a chart begins at `0 s`."""
    if value_s is None:
        return UNKNOWN
    return "0 s" if value_s == 0 else number_words.duration(value_s)
