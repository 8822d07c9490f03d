"""Is a promise kept, hour by hour, for ever: at most this share of executions is cut off?

A change of the share comes at a time that nobody knows, so the test is an e-detector: in every hour a new bet
against the promise begins, and the evidence is what all of them are worth together (Shin, Ramdas & Rinaldo
2023, "E-detectors: a nonparametric framework for sequential change detection", New England Journal of
Statistics in Data Science 2, their sum of e-processes; with one bet it is the procedure of Shiryaev 1963 and
Roberts 1966). Quiet hours cost nothing: a bet that begins now is worth as much after a year as after a day.
Each bet is on several shares that would break the promise (mixed: Robbins 1970).

While the promise is kept, at exactly the share promised, the evidence grows by at most 1 an hour on average
(an hour of n executions begins a bet of n / (n + 1): hours of a single one are the most looks an execution,
and false alarms would be most frequent there). So it takes `ALARM` - `HEAD_START` hours with executions or
more, on average, until it reaches `ALARM` (optional stopping), and the chance that it does within t hours is
at most (`HEAD_START` + t) / `ALARM`. What an apply breaks shows at once: that start is known, and a bet worth
`HEAD_START` hours begins there. For it alone the second statement is Ville's inequality, with a risk of
`HEAD_START` / `ALARM` = 5 %.

After an alarm the watch goes on. A promise counts as kept again when at least a week has passed, so that a
night that is bad every night is in it, and a bet that less than the promised share is cut off since has won
(`BetOnLess`, wrong with a chance of at most 5 %); then new bets begin, without a head start.

One hour never multiplies a bet by more than `MOST_AN_HOUR`, so that no single hour after quiet ones, however
bad, breaks a promise. Assumed: given the past, hours cut off at most the promised share on average, and
cluster no more than the hours before showed (docs/method.md, "The watch after a change").
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from analysis.production.cut_off_by_hour import HOUR_S, Clustering, HourCut, log_factor
from analysis.production.sequential_proof import PROVEN, BetOnLess

ALARM: Final = 3000.0
"""The evidence at which a promise counts as broken, in hours (docs/method.md says why this many)."""
HEAD_START: Final = ALARM / 20.0
"""Worth of the bet that begins with the change itself, in hours."""
MOST_AN_HOUR: Final = 8.0
"""The most that one hour may multiply a bet by; below `ALARM` / `HEAD_START`."""
TIMES: Final = (2.0, 3.0, 5.0, 10.0, 25.0)
STAKES: Final = (0.15, 0.60, 0.15, 0.07, 0.03)
"""Bets: the promised share times this, with this part of the stake; three times as often matters most."""

WEEK_S: Final = 7 * 86_400.0

_MAIN: Final = 1
_BEYOND_DOUBT: Final = 1e12
_BEYOND_DOUBT_LOG: Final = math.log(_BEYOND_DOUBT)


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
class Break:
    """A time in which a promise was broken, Unix seconds: by when it was, and by when it was kept again."""

    broken_at: float
    kept_again_at: float


@dataclass(frozen=True, slots=True)
class WatchState:
    """All that the watch needs of the hours so far; `after` returns the next one. `accepted`: share promised.

    `broken_at` is the Unix time at which the hour ended that broke the promise, None while it is kept, also
    when it is kept again; `breaks` are those that are over.
    """

    accepted: float
    bets: tuple[float, ...] = tuple(HEAD_START * stake for stake in STAKES)
    hours: int = 0
    executions: int = 0
    cut_off: int = 0
    clustering: Clustering = field(default_factory=Clustering)
    score: float = 0.0
    stretch: Stretch | None = None
    broken_at: float | None = None
    since_broken: BetOnLess | None = None
    breaks: tuple[Break, ...] = ()

    @property
    def evidence(self) -> float:
        """Return what all bets against the promise are worth, in hours; broken at `ALARM`."""
        return sum(self.bets)

    @property
    def can_tell(self) -> bool:
        """Return whether so many executions in so many hours had broken the promise if all were cut off.

        Counted for the bets that began with the change, and as if all hours but one had had a single
        execution: what is cut off whole is then broken, or it cannot be told. At least two hours.
        """
        if self.breaks or self.broken_at is not None:
            return True
        most, one_hour = math.log(MOST_AN_HOUR), self.executions - self.hours + 1
        worth = 0.0
        for stake, bet_on in zip(STAKES, shares_bet_on(self.accepted), strict=True):
            each = math.log(bet_on / self.accepted)
            log = min(one_hour * each, most) + (self.hours - 1) * min(each, most)
            worth += HEAD_START * stake * math.exp(min(log, _BEYOND_DOUBT_LOG))
        return self.hours > 0 and worth >= ALARM

    def after(self, hour: HourCut) -> "WatchState":
        """Return the state with one more hour; hours come in order of time, each once.

        Hours without executions say nothing. Raises ValueError for an hour that is not later, or that cut off
        more than it executed.
        """
        self.clustering.demand_next(hour)
        if hour.executions <= 0:
            return self
        if self.broken_at is not None:
            return self._while_broken(hour, self.broken_at)
        effect, most = self.clustering.design_effect, math.log(MOST_AN_HOUR)
        logs = [
            min(log_factor(self.accepted, bet_on, hour, effect), most)
            for bet_on in shares_bet_on(self.accepted)
        ]
        n, cut = hour.executions, hour.cut_off
        bets = tuple(
            min((bet + stake * n / (n + 1.0)) * math.exp(log), _BEYOND_DOUBT)
            for bet, stake, log in zip(self.bets, STAKES, logs, strict=True)
        )
        begun = self.stretch if self.stretch is not None and self.score > 0.0 else Stretch(hour.started_at)
        following = replace(
            self,
            bets=bets,
            hours=self.hours + 1,
            executions=self.executions + n,
            cut_off=self.cut_off + cut,
            clustering=self.clustering.after(hour),
            score=max(self.score, 0.0) + logs[_MAIN],
            stretch=replace(begun, executions=begun.executions + n, cut_off=begun.cut_off + cut),
        )
        if following.evidence < ALARM:
            return following
        return replace(
            following,
            broken_at=hour.started_at + HOUR_S,
            since_broken=BetOnLess(self.accepted),
            clustering=following.clustering.begun_anew(),
        )

    def _while_broken(self, hour: HourCut, broken_at: float) -> "WatchState":
        """One more hour of a broken promise: is it kept again?"""
        bet = (self.since_broken or BetOnLess(self.accepted)).after(hour, self.clustering.design_effect)
        ended = hour.started_at + HOUR_S
        following = replace(
            self,
            hours=self.hours + 1,
            executions=self.executions + hour.executions,
            cut_off=self.cut_off + hour.cut_off,
            clustering=self.clustering.after(hour),
            since_broken=bet,
        )
        if ended < broken_at + WEEK_S or bet.worth < PROVEN:
            return following
        return replace(
            following,
            bets=(0.0,) * len(STAKES),
            clustering=following.clustering.begun_anew(),
            score=0.0,
            stretch=None,
            broken_at=None,
            since_broken=None,
            breaks=(*self.breaks, Break(broken_at, ended)),
        )


def watch(hours: Iterable[HourCut], state: WatchState) -> WatchState:
    """Return `state` after these hours."""
    for hour in hours:
        state = state.after(hour)
    return state


def shares_bet_on(accepted: float) -> tuple[float, ...]:
    """Return the shares that would break the promise, one for each bet."""
    return tuple(min(accepted * times, 0.5 * (1.0 + accepted)) for times in TIMES)
