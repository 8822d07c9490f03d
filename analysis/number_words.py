"""How numbers read in a sentence: plain, with units, never falsely exact."""

import math
from collections.abc import Callable
from typing import Final, Literal

_DIGITS: Final = 3


def latency(ms: float) -> str:
    """Return "840 ms" or "1.23 s": three digits, to the nearest."""
    return f"{significant(ms)} ms" if abs(ms) < 999.5 else f"{significant(ms / 1000)} s"


def at_most(ms: float) -> str:
    """Return the same rounded UP: "within" and "at most" must stay true."""
    return latency(_rounded(ms, math.ceil))


def at_least(ms: float) -> str:
    """Return the same rounded down: "is above" and "at least" must stay true."""
    return latency(_rounded(ms, math.floor))


def _rounded(ms: float, whole: Callable[[float], int]) -> float:
    size = 10.0 ** (math.floor(math.log10(ms)) - _DIGITS + 1) if ms > 0 else 0.0
    if size == 0:  # zero, or so small that its last digit cannot be represented
        return ms
    return whole(ms / size - 1e-9 if whole is math.ceil else ms / size + 1e-9) * size


def significant(value: float) -> str:
    """Return a bare number to three digits, thousands marked: "1.23", "48,120"."""
    if value == 0:
        return "0"
    decimals = max(0, _DIGITS - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration(s: float) -> str:
    """Return "under 1 s", "45 s", "12 min", "3 h 20 min" or "2 days 4 h"."""
    if s < 1:
        return "under 1 s"
    whole = math.floor(s + 0.5)  # as the page's script rounds
    if whole < 120:
        return f"{whole} s"
    if whole < 600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    if whole < 7200:
        return f"{math.floor(whole / 60 + 0.5)} min"
    hours, minutes = divmod(math.floor(whole / 60 + 0.5), 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h" if hours else f"{days} days"


def time_seen(measured_s: float, span_s: float) -> str:
    """Return "84 min", or "8 min spread over 24 h" where most of the span had no calls."""
    if measured_s >= span_s / 2:
        return duration(span_s)
    return f"{'moments' if measured_s < 1 else duration(measured_s)} spread over {duration(span_s)}"


def about_how_long(s: float) -> str:
    """Return "under a minute", "about 13 min" or "about 3 h 20 min": rounded up (`whole_minutes`)."""
    return "under a minute" if s < 60 else f"about {duration(whole_minutes(s))}"


def whole_minutes(s: float) -> float:
    """Return an estimate in seconds without false exactness: rounded up to a minute, above 2 h to ten."""
    step = 60.0 if s < 7200 else 600.0
    return max(math.ceil(s / step - 1e-9), 2 if step == 60.0 else 1) * step


def percent(share: float) -> str:
    """Return "6 %", "0.4 %", "less than 0.01 %" or "none"."""
    if share <= 0:
        return "none"
    return "less than 0.01 %" if share < 0.0001 else percent_figure(share)


def percent_at_most(share: float) -> str:
    """Return `percent_figure` rounded up: "at most" must stay true."""
    value = share * 100
    if value <= 0:
        return percent_figure(0.0)
    step = 1.0 if value >= 10 else 0.1 if value >= 1 else 10.0 ** (math.floor(math.log10(value)) - 1)
    return percent_figure(math.ceil(value / step - 1e-9) * step / 100)


def percent_figure(share: float) -> str:
    """Return "6 %", "0.12 %", "19 %": two digits below one, then one decimal, from ten on none."""
    value = share * 100
    if value < 1:
        return f"{value:.2g} %"
    return f"{value:.1f}".removesuffix(".0") + " %" if value < 10 else f"{value:.0f} %"


def invented(share: float | None) -> str:
    """Return "invented" or "40 % invented" for a share of inputs; empty where none was, or where unknown."""
    if not share:
        return ""
    return "invented" if share == 1.0 else f"{percent(share)} invented"


def plural(count: float, one: str, many: str | None = None) -> str:
    """Return "1 action", "3,000 actions"; `many` where an s is not enough ("1 query", "2 queries")."""
    return f"{count:,.0f} {noun(count, one, many)}"


def noun(count: float, one: str, many: str | None = None) -> str:
    """Return the word alone for so many: "is" for 1, "are" for 2 with `noun(n, "is", "are")`."""
    return one if count == 1 else many or one + "s"


def percentile_name(p: float) -> str:
    """Return "p99" for .99, "p99.9" for .999."""
    return f"p{p * 100:g}"


def accepted_text(p: float) -> str:
    """Return what a percentile accepts, as people count it: "1 good call in 1,000" for .999."""
    for whole in (100, 1000, 10_000, 100_000):
        many = round((1.0 - p) * whole)
        if many and abs((1.0 - p) * whole - many) < 1e-9 * whole:
            return f"{plural(many, 'good call')} in {whole:,}"
    return f"{percent(1.0 - p)} of good calls"


def calls_of(source: Literal["test", "production"]) -> str:
    """Return what the calls of a test, or of production, are called."""
    return "production executions" if source == "production" else "calls"


def at_most_of(ms: float, source: Literal["test", "production"]) -> str:
    """Return `at_most`; production is counted in whole seconds, so its times are rounded up to those."""
    return at_most(ms if source == "test" else math.ceil(ms / 1e3) * 1e3)


def share_of_calls_text(p: float) -> str:
    """Return "99 of 100" for .99, "999 of 1,000" for .999."""
    for whole in (100, 1000, 10_000):
        if abs(p * whole - round(p * whole)) < 1e-9:
            return f"{round(p * whole):,} of {whole:,}"
    return f"{p:.2%}"


def rate(per_s: float) -> str:
    """Return "10/s" or "0.5/s"."""
    return f"{per_s:.3g}/s"
