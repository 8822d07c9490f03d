"""Numbers as they are shown: three significant digits, always with a unit, never NaN."""

import math
from typing import Final

from analysis.number_words import percent_figure

UNKNOWN: Final = "–"
_DIGITS: Final = 3


def latency(ms: float | None) -> str:
    """Return a latency as `840 ms` or `1.23 s`; UNKNOWN for None."""
    if ms is None or not math.isfinite(ms):
        return UNKNOWN
    if abs(ms) < 999.5:
        return f"{_significant(ms)} ms"
    return f"{_significant(ms / 1000)} s"


def at_most(ms: float | None) -> str:
    """Return an upper bound as `latency` would, rounded up: what is shown must hold as well."""
    if ms is None or not math.isfinite(ms) or ms <= 0:
        return latency(ms)
    size = 10.0 ** (math.floor(math.log10(ms)) - _DIGITS + 1)
    if size == 0:  # the last digits of a number this small cannot be represented
        return latency(ms)
    return latency(math.ceil(ms / size - 1e-9) * size)


def quantile(ms: float | None, source: str = "test") -> str:
    """Return a quantile of an action: production is counted by whole seconds, so no more is known there."""
    if ms is None or source != "production":
        return latency(ms)
    top = max(math.ceil(ms / 1000 - 1e-9), 1)
    return "under 1 s" if top == 1 else f"{top - 1} to {top} s"


def seconds(value_s: float | None) -> str:
    """Return a timeout or another whole number of seconds as `5 s`."""
    return UNKNOWN if value_s is None else f"{_significant(value_s)} s"


def share(value: float | None) -> str:
    """Return a share of 0..1 as `5.8 %`; small but positive ones never become `0 %`."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return "< 0.01 %" if 0 < value < 0.0001 else percent_figure(value)


def count(value: float | None) -> str:
    """Return a number of calls with thousands marked: `48,120`."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def rate(per_s: float | None) -> str:
    """Return an arrival rate as `2.5 calls/s`."""
    return UNKNOWN if per_s is None else f"{_significant(per_s)} calls/s"


def plain(value: float | None) -> str:
    """Return a bare number to three significant digits."""
    return UNKNOWN if value is None or not math.isfinite(value) else _significant(value)


def duration(value_s: float | None) -> str:
    """Return a span as `45 s`, `12 min`, `3 h 20 min` or `2 d 4 h`."""
    if value_s is None:
        return UNKNOWN
    whole = round(value_s)
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min" if rest == 0 or minutes >= 10 else f"{minutes} min {rest} s"
    hours, minutes = divmod(round(whole / 60), 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def _significant(value: float) -> str:
    if value == 0:
        return "0"
    decimals = max(0, _DIGITS - 1 - math.floor(math.log10(abs(value))))
    return _trimmed(value, decimals)


def _trimmed(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
