"""Is a promise kept, hour by hour, for ever: at most this share of executions is cut off?

A test by betting on the share beyond the timeout, valid at every look: the evidence is an e-process, and by
Ville's inequality the chance that it ever reaches 1 / `RISK` while the promise holds is at most `RISK`
(Waudby-Smith & Ramdas 2024, "Estimating means of bounded random variables by betting", JRSS B 86; Ramdas,
Grünwald, Vovk & Shafer 2023, "Game-theoretic statistics and safe anytime-valid inference", Statistical
Science 38). Bets are on several shares that would break it, most of the stake from the first hour on, the
rest on a rise that begins later: what an apply breaks shows at once, what a backend breaks shows any time.

Executions of one hour are not independent. Each hour's bet is shrunk by the design effect that the hours
before it showed from each to the next (Kish 1965; a rise is one step and hardly moves it), and one hour never
multiplies the evidence by more than `MOST_AN_HOUR`, so that no single hour, however bad, breaks a promise.
Assumed: given the past, hours cut off at most the promised share on average, and cluster no more than the
hours before showed (docs/method.md, "The watch after a change").
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from analysis.production.hourly_counts import BucketCounts, consistent

RISK: Final = 0.05
"""Chance that a promise that holds, at exactly the share promised, is ever called broken."""
ALARM: Final = 1.0 / RISK
MOST_AN_HOUR: Final = 12.0
"""The evidence that one hour may add, as a factor; below `ALARM`."""

_TIMES: Final = (2.0, 3.0, 5.0, 10.0, 25.0)
_STAKES: Final = (0.15, 0.60, 0.15, 0.07, 0.03)
"""Bets: the promised share times this, with this part of the stake; three times as often matters most."""
_MAIN: Final = 1
_FROM_THE_START: Final = 0.7
_HEAD: Final = 20
_SURE_INDEPENDENT: Final = 5.0
"""The design effect starts at 1, and moves as if it had been seen over this many cut-off executions."""
_BEYOND_DOUBT: Final = 1e12
_HOUR_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class HourCut:
    """One hour: `cut_off` of `executions` took as long as the timeout; `started_at` in Unix seconds."""

    started_at: float
    executions: int
    cut_off: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Executions since `since` (Unix seconds): the hours that speak most against the promise."""

    since: float
    executions: int = 0
    cut_off: int = 0

    @property
    def share(self) -> float:
        """Return the share cut off."""
        return self.cut_off / self.executions if self.executions else 0.0


@dataclass(frozen=True, slots=True)
class WatchState:
    """All that the watch needs of the hours so far; `after` returns the next one. `accepted`: share promised.

    `broken_at` is the Unix time at which the hour ended that broke the promise; the state stays there.
    """

    accepted: float
    bets: tuple[float, ...] = tuple(_FROM_THE_START * stake for stake in _STAKES)
    reserve: float = 1.0 - _FROM_THE_START
    hours: int = 0
    executions: int = 0
    cut_off: int = 0
    spread: float = 0.0
    expected: float = 0.0
    """Squared differences of neighbouring hours, as they were and as independent executions make them."""
    newest: HourCut | None = None
    score: float = 0.0
    stretch: Stretch | None = None
    broken_at: float | None = None

    @property
    def evidence(self) -> float:
        """Return how many times its stake the bet against the promise is worth; broken at `ALARM`."""
        return sum(self.bets) + self.reserve

    @property
    def design_effect(self) -> float:
        """Return how many executions are worth one independent one, from the hours so far; at least 1."""
        return max((_SURE_INDEPENDENT + self.spread) / (_SURE_INDEPENDENT + self.expected), 1.0)

    def after(self, hour: HourCut) -> "WatchState":
        """Return the state with one more hour; hours come in order of time, each once.

        Hours without executions say nothing. Raises ValueError for an hour that is not later, or that cut off
        more than it executed.
        """
        if not 0 <= hour.cut_off <= max(hour.executions, 0):
            raise ValueError("an hour cannot cut off more than it executed")
        if self.newest is not None and hour.started_at < self.newest.started_at + _HOUR_S:
            raise ValueError("hours must come in order of time, each once")
        if hour.executions <= 0 or self.broken_at is not None:
            return self
        cut = hour.cut_off
        released = _released(self.hours, self.reserve)
        logs = [
            _log_factor(self.accepted, times, cut, hour.executions, self.design_effect) for times in _TIMES
        ]
        bets = tuple(
            min((bet + released * stake) * math.exp(log), _BEYOND_DOUBT)
            for bet, stake, log in zip(self.bets, _STAKES, logs, strict=True)
        )
        begun = self.stretch if self.stretch is not None and self.score > 0.0 else Stretch(hour.started_at)
        n, ended = hour.executions, hour.started_at + _HOUR_S
        spread, expected = _difference(self.newest, hour)
        following = replace(
            self,
            bets=bets,
            reserve=self.reserve - released,
            hours=self.hours + 1,
            executions=self.executions + n,
            cut_off=self.cut_off + cut,
            spread=self.spread + spread,
            expected=self.expected + expected,
            newest=hour,
            score=max(self.score, 0.0) + logs[_MAIN],
            stretch=replace(begun, executions=begun.executions + n, cut_off=begun.cut_off + cut),
        )
        return replace(following, broken_at=ended) if following.evidence >= ALARM else following


def watch(hours: Iterable[HourCut], state: WatchState) -> WatchState:
    """Return `state` after these hours."""
    for hour in hours:
        state = state.after(hour)
    return state


def hours_cut(counts: BucketCounts) -> tuple[HourCut, ...]:
    """Return the hours in order; an execution that took no less than the whole timeout was cut off."""
    whole, _ = consistent(counts)
    found = [HourCut(hour.started_at, hour.total, hour.total - hour.below[-1]) for hour in whole.hours]
    return tuple(sorted(found, key=lambda hour: hour.started_at))


def _log_factor(accepted: float, times: float, cut: int, executions: int, effect: float) -> float:
    """Log of the bet's return: likelihood of the share bet on over the promised one, shrunk and bounded."""
    bet_on = min(accepted * times, 0.5 * (1.0 + accepted))
    gain = cut * math.log(bet_on / accepted)
    loss = (executions - cut) * math.log((1.0 - bet_on) / (1.0 - accepted))
    return min((gain + loss) / effect, math.log(MOST_AN_HOUR))


def _difference(before: HourCut | None, hour: HourCut) -> tuple[float, float]:
    """The squared difference of two hours' shares, in cut-off executions, and what independence expects."""
    if before is None:
        return 0.0, 0.0
    both = before.executions + hour.executions
    joint = (before.cut_off + hour.cut_off) / both
    apart = hour.cut_off / hour.executions - before.cut_off / before.executions
    weight = 2.0 * before.executions * hour.executions / both
    return weight * weight * apart * apart / 2.0, weight * joint * (1.0 - joint)


def _released(hours: int, reserve: float) -> float:
    """What the reserve stakes on a rise in this hour: it falls slowly, and its sum is finite."""
    later = hours + 1 + _HEAD
    share = (1.0 - _FROM_THE_START) * math.log(_HEAD) / (later * math.log(later) ** 2)
    return min(share, reserve)
