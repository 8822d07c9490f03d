"""How many calls would tell whether two runs differ (docs/method.md, "Comparing two runs").

An interval narrows with the square root of the calls. Given what each run adds to its width now, the calls
follow at which the interval would leave zero, or fit between the margins, with a chance of 80 %, if the
difference is as it was seen.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from scipy import special

from analysis.estimates.slow_share import RISK

POWER: Final = 0.80
"""The chance that so many calls tell."""

MOST: Final = 1_000_000
"""More calls than this are not worth naming."""


@dataclass(frozen=True, slots=True)
class Width:
    """What one run adds to one side of the interval: `half` with `calls` calls, at the confidence in use."""

    half: float
    calls: float


def calls_to_tell(
    gap: float,
    margin: float,
    below: Iterable[Width],
    above: Iterable[Width],
    risk: float = RISK,
) -> int | None:
    """Return the calls each run needs, rounded up to two digits; None where even `MOST` would hardly do.

    `gap`: later minus first. `margin`: a smaller difference counts as none. `below`, `above`: what each run
    adds to the interval on that side of the gap: the root of the sum of squares is its width. `risk`: on
    each side.
    """
    surer = 1.0 + float(special.ndtri(POWER) / special.ndtri(1.0 - risk))
    down, up = (surer**2 * sum(part.calls * part.half**2 for part in side) for side in (below, above))
    proven = _calls(down, gap) if gap > 0 else _calls(up, -gap)
    same = max(_calls(down, margin + gap), _calls(up, margin - gap))
    needed = min(proven, same)
    if needed > MOST:
        return None
    step = int(10 ** max(math.floor(math.log10(max(needed, 1.0))) - 1, 0))
    return math.ceil(needed / step) * step


def _calls(squares: float, room: float) -> float:
    """The calls at which a half width of this square, times calls, has shrunk to `room`."""
    return squares / room**2 if room > 0 else math.inf
