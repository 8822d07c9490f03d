"""How numbers read in a sentence: plain, with units, never falsely exact."""

import math
from collections.abc import Callable, Iterable
from typing import Literal


def seconds(ms: float) -> str:
    """Return "0.34 s", "2.11 s", "34 s", rounded UP: "within" and "at most" must stay true."""
    return _seconds(ms, math.ceil)


def seconds_down(ms: float) -> str:
    """Return the same rounded down: "is above" and "at least" must stay true."""
    return _seconds(ms, math.floor)


def _seconds(ms: float, whole: Callable[[float], int]) -> str:
    digits = 2 if ms < 1e4 else 1
    units = 10.0**digits
    slack = -1e-9 if whole is math.ceil else 1e-9
    value = whole(ms / 1e3 * units + slack) / units
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") + " s" if value != int(value) else f"{value:.0f} s"


def duration(s: float) -> str:
    """Return "45 s", "84 min", "25 h" or "3 days"."""
    if s < 1:
        return "under 1 s"
    if s < 120:
        return f"{s:.0f} s"
    if s < 2 * 3600:
        return f"{s / 60:.0f} min"
    return f"{s / 3600:.0f} h" if s < 2 * 86400 else f"{s / 86400:.0f} days"


def percent(share: float) -> str:
    """Return "6 %", "0.4 %", "less than 0.01 %" or "none"."""
    if share <= 0:
        return "none"
    return "less than 0.01 %" if share < 0.0001 else percent_figure(share)


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


def by_reason(pairs: Iterable[tuple[str, str]]) -> list[tuple[tuple[str, ...], str]]:
    """Return the names of (name, reason) pairs together for each reason, both in the order they came."""
    together: dict[str, list[str]] = {}
    for name, why in pairs:
        together.setdefault(why, []).append(name)
    return [(tuple(names), why) for why, names in together.items()]


def reason_lines(pairs: Iterable[tuple[str, str]], what: str = "action") -> list[str]:
    """Return "Get A: why", or for a reason that several share one line that counts and lists them.

    The reason is written about one; "the same for each" lets it stand as it is for several.
    """
    return [
        f"{names[0]}: {why}"
        if len(names) == 1
        else f"{plural(len(names), what)}, the same for each: {why.rstrip('.')} ({', '.join(names)})"
        for names, why in by_reason(pairs)
    ]


def percentile_name(p: float) -> str:
    """Return "p99" for .99, "p99.9" for .999."""
    return f"p{p * 100:g}"


def calls_of(source: Literal["test", "production"]) -> str:
    """Return what the calls of a test, or of production, are called."""
    return "production executions" if source == "production" else "calls"


def share_of_calls_text(p: float) -> str:
    """Return "99 of 100" for .99, "999 of 1,000" for .999."""
    for whole in (100, 1000, 10_000):
        if abs(p * whole - round(p * whole)) < 1e-9:
            return f"{round(p * whole):,} of {whole:,}"
    return f"{p:.2%}"


def rate(per_s: float) -> str:
    """Return "10/s" or "0.5/s"."""
    return f"{per_s:.3g}/s"
