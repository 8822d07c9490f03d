"""At which rate an action is really called, where not every arrival finds room among the calls in flight.

A call is judged with the calls of its load level, so its row must not carry a rate that was not reached.
"""

import math
from typing import Final

MEMORY: Final = 100
"""Arrivals over which the share that is sent is averaged."""

STEP: Final = 1.2
"""Achieved rates are the planned one divided by powers of this. More than the analysis takes for one level
(`analysis.estimates.load_levels.SAME_LEVEL_RATIO`), so that chance does not make many levels of one."""


class AchievedRate:
    """Of each action: the planned rate while nearly all arrivals are sent, else the nearest step below it."""

    def __init__(self, actions: int) -> None:
        self._share = [1.0] * actions
        """Of the latest arrivals, those that were sent."""
        self._arrivals = [0] * actions

    def arrival(self, index: int, *, sent: bool) -> None:
        """Count an arrival of an action."""
        self._arrivals[index] = seen = min(MEMORY, self._arrivals[index] + 1)
        self._share[index] += (float(sent) - self._share[index]) / seen

    def of(self, index: int, planned: float) -> float:
        """Return the calls/s at which an action is called now, where `planned` are due."""
        share = max(self._share[index], 1.0 / MEMORY)
        return planned / STEP ** round(-math.log(share, STEP))
