"""One hour's executions and those that were cut off, and how far executions of an hour go together.

A bet on a share of executions is only fair if it knows how much one of them says: those of an hour are not
independent. So each hour's bet is shrunk by the design effect that the hours before it showed, each against
the next (Kish 1965); a rise is one step between two hours and hardly moves it.
"""

import math
from dataclasses import dataclass
from typing import Final

from analysis.production.hourly_counts import BucketCounts, consistent

HOUR_S: Final = 3600.0
SURE_INDEPENDENT: Final = 5.0
"""The design effect starts at 1, and moves as if it had been seen over this many cut-off executions."""


@dataclass(frozen=True, slots=True)
class HourCut:
    """One hour: `cut_off` of `executions` took as long as the timeout; `started_at` in Unix seconds."""

    started_at: float
    executions: int
    cut_off: int


@dataclass(frozen=True, slots=True)
class Clustering:
    """How far executions were cut off together in the hours so far; `after` returns the next state."""

    spread: float = 0.0
    expected: float = 0.0
    """Squared differences of neighbouring hours, as they were and as independent executions make them."""
    newest: HourCut | None = None

    @property
    def design_effect(self) -> float:
        """Return how many executions are worth one independent one; at least 1."""
        return max((SURE_INDEPENDENT + self.spread) / (SURE_INDEPENDENT + self.expected), 1.0)

    def after(self, hour: HourCut) -> "Clustering":
        """Return the state with one more hour that has executions.

        Raises ValueError for an hour that is not later, or that cut off more than it executed.
        """
        self.demand_next(hour)
        before = self.newest
        if before is None or not before.executions:
            return Clustering(self.spread, self.expected, hour)
        both = before.executions + hour.executions
        joint = (before.cut_off + hour.cut_off) / both
        apart = hour.cut_off / hour.executions - before.cut_off / before.executions
        weight = 2.0 * before.executions * hour.executions / both
        return Clustering(
            self.spread + weight * weight * apart * apart / 2.0,
            self.expected + weight * joint * (1.0 - joint),
            hour,
        )

    def begun_anew(self) -> "Clustering":
        """Return the state of no hours, which still takes none twice.

        The step down from a break would look like hours that go together, for ever where little is cut off.
        """
        newest = self.newest
        return Clustering(newest=None if newest is None else HourCut(newest.started_at, 0, 0))

    def demand_next(self, hour: HourCut) -> None:
        """Raise ValueError for an hour that is not later, or that cut off more than it executed."""
        if not 0 <= hour.cut_off <= max(hour.executions, 0):
            raise ValueError("an hour cannot cut off more than it executed")
        if self.newest is not None and hour.started_at < self.newest.started_at + HOUR_S:
            raise ValueError("hours must come in order of time, each once")


def hours_cut(counts: BucketCounts, edge_s: int | None = None) -> tuple[HourCut, ...]:
    """Return the hours in order; an execution that took no less than the whole timeout was cut off.

    `edge_s`: count those that took at least so many seconds instead; hours with a shorter timeout cannot
    show it and are left out.
    """
    whole, _ = consistent(counts)
    found = [
        HourCut(hour.started_at, hour.total, hour.total - hour.below[-1 if edge_s is None else edge_s - 1])
        for hour in whole.hours
        if edge_s is None or edge_s <= len(hour.below)
    ]
    return tuple(sorted(found, key=lambda hour: hour.started_at))


def log_factor(share: float, bet_on: float, hour: HourCut, design_effect: float) -> float:
    """Return the log of a bet's return: how much likelier `bet_on` makes this hour than `share` does.

    Its expected return is at most 1 while hours cut off `share` on average (Jensen's inequality: shrinking
    by the design effect only takes from it).
    """
    gain = hour.cut_off * math.log(bet_on / share)
    loss = (hour.executions - hour.cut_off) * math.log((1.0 - bet_on) / (1.0 - share))
    return (gain + loss) / design_effect
