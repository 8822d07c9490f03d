"""The watch of many actions at once, in numpy: the same arithmetic as `WatchState`, held equal by a test."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.production.cut_off_by_hour import SURE_INDEPENDENT
from analysis.production.promise_watch import ALARM, HEAD_START, MOST_AN_HOUR, STAKES, shares_bet_on

Numbers = NDArray[np.float64]
Hour = Callable[[int], tuple[Numbers, Numbers]]
"""The executions and the cut-off ones of hour 0, 1, 2, ..., one number for each action."""


@dataclass
class ManyWatches:
    """`broken`: the hour in which each promise broke, -1 while it has not."""

    accepted: float
    actions: int

    def __post_init__(self) -> None:
        self._stakes = np.array(STAKES)[:, None]
        bet_on = np.array(shares_bet_on(self.accepted))[:, None]
        self._if_cut = np.log(bet_on / self.accepted)
        self._if_not = np.log((1.0 - bet_on) / (1.0 - self.accepted))
        self.bets: Numbers = HEAD_START * np.repeat(self._stakes, self.actions, axis=1)
        self.broken = np.full(self.actions, -1)
        self._hour = 0
        self._spread, self._expected = np.zeros(self.actions), np.zeros(self.actions)
        self._before = np.zeros((2, self.actions))

    def after(self, n: Numbers, cut: Numbers) -> None:
        """One more hour for each action; where it has no executions, it says nothing."""
        effect = np.maximum((SURE_INDEPENDENT + self._spread) / (SURE_INDEPENDENT + self._expected), 1.0)
        logs = (cut * self._if_cut + (n - cut) * self._if_not) / effect
        grown = (self.bets + self._stakes * n / (n + 1.0)) * np.exp(np.minimum(logs, math.log(MOST_AN_HOUR)))
        self.bets = np.where(n > 0, np.minimum(grown, 1e12), self.bets)
        self._together(n, cut)
        new = (self.bets.sum(axis=0) >= ALARM) & (self.broken < 0)
        self.broken[new] = self._hour
        self._hour += 1

    def _together(self, n: Numbers, cut: Numbers) -> None:
        before_n, before_cut = self._before
        both = np.maximum(before_n + n, 1.0)
        joint = (before_cut + cut) / both
        apart = cut / np.maximum(n, 1.0) - before_cut / np.maximum(before_n, 1.0)
        weight = 2.0 * before_n * n / both
        self._spread += weight * weight * apart * apart / 2.0
        self._expected += weight * joint * (1.0 - joint)
        self._before = np.where(n > 0, np.stack([n, cut]), self._before)


def watch_many(hour: Hour, hours: int, actions: int, accepted: float = 0.01) -> ManyWatches:
    """Return the watches of `actions` after so many hours; ends early when every promise is broken."""
    watches = ManyWatches(accepted, actions)
    for at in range(hours):
        watches.after(*hour(at))
        if (watches.broken >= 0).all():
            break
    return watches


def executions_until_found(
    random: np.random.Generator, rate: float, quiet_h: int, share: float = 0.03, actions: int = 200
) -> Numbers:
    """Return the executions after a rise from 0.5 % to `share` until it is found; inf where it is not.

    `rate`: executions an hour, Poisson; `quiet_h`: hours before the rise. A promise that broke before the
    rise is left out.
    """
    hours = quiet_h + int(2500.0 / rate) + 40
    n = random.poisson(rate, (hours, actions)).astype(np.float64)
    risen = (np.arange(hours) >= quiet_h)[:, None]
    cut = random.binomial(n.astype(np.int64), np.where(risen, share, 0.005)).astype(np.float64)
    broken = watch_many(lambda at: (n[at], cut[at]), hours, actions).broken
    seen = np.cumsum(np.where(risen, n, 0.0), axis=0)
    needed = np.where(broken >= 0, seen[broken, np.arange(actions)], np.inf)
    return needed[(broken < 0) | (broken >= quiet_h)]
