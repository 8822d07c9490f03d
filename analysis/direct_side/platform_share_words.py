"""Backend and platform apart, in one sentence for each percentile."""

import math
from dataclasses import replace

from analysis.direct_side.direct_side import PlatformShare
from analysis.number_words import latency, noun, percentile_name, plural


def share_words(share: PlatformShare, why_not: str | None, *, together: bool) -> PlatformShare:
    """Return the same with its sentence. `why_not`: why there is no interval, where there is none;
    `together`: whether both were called in the same moments."""
    return replace(share, sentence=_sentence(share, why_not, together=together))


def no_interval(share: PlatformShare, calls: int, fewest: int, *, moves: bool) -> str:
    """Return why there is no interval. `calls`: of the side that has fewer; `fewest`: how many it takes;
    `moves`: the level does, and the two were called at different times."""
    if share.whole_ms is None or share.backend_ms is None:
        hidden = "the action" if share.whole_ms is None else "the backend"
        hidden = "both" if share.whole_ms is None and share.backend_ms is None else hidden
        return f"its timeout cuts off {hidden} before that"
    if moves:
        return "the level moves, and the two were called at different times"
    if calls < fewest:
        return f"{plural(calls, 'call')} each way {noun(calls, 'is', 'are')} too few (it takes {fewest:,})"
    return "slow calls come in bursts, and these are too few for that"


def _sentence(share: PlatformShare, why_not: str | None, *, together: bool) -> str:
    name = percentile_name(share.percentile)
    if share.whole_ms is None or share.backend_ms is None:
        return f"At {name} no share can be told, because {why_not}."
    whole, backend = latency(share.whole_ms), latency(share.backend_ms)
    seen = f"{name} is {whole}, and {backend} of the backend alone"
    if share.added_ms is None or share.lower_ms is None or share.upper_ms is None:
        return f"{seen}; no share can be told, because {why_not}."
    if share.upper_ms < 0.0:
        return f"{seen}, which was slower while it was called directly: no share can be told."
    if share.lower_ms <= 0.0:
        between = _between(share.lower_ms, share.upper_ms, " and ")
        return f"{seen}: no share can be told from this many calls (it lies between {between})."
    between = _between(share.lower_ms, share.upper_ms)
    assumed = "" if together else ", if nothing changed between the calls to one and to the other"
    return (
        f"Of {whole} ({name}), {backend} is your backend; Genesys and the way there add "
        f"{latency(share.added_ms)} ({between}{assumed})."
    )


def _between(low_ms: float, high_ms: float, to: str = " to ") -> str:
    """Return "0.25 to 0.36 s" or "-40 to 310 ms": both in one unit."""
    if max(abs(low_ms), abs(high_ms)) < 999.5:
        return f"{_digits(low_ms)}{to}{_digits(high_ms)} ms"
    return f"{_digits(low_ms / 1e3)}{to}{_digits(high_ms / 1e3)} s"


def _digits(value: float) -> str:
    """Two digits, at least down to the unit."""
    if value == 0:
        return "0"
    decimals = max(0, 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(decimals, 3)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
