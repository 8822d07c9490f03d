"""A made-up past: executions before the sandbox started, hour by hour, for the analytics."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final, Literal, NamedTuple, get_args

from diag.sandbox.latency.distributions import Distribution
from diag.sandbox.latency.drawn_latency import LatencySpec
from diag.sandbox.latency.read_latency import read_latency
from diag.sandbox.world.actions.action_config import DEFAULT_TIMEOUT_S
from diag.toml_section import TomlSection

_HOUR_S: Final = 3600
_DAY_S: Final = 86_400
_HOURS_KEPT: Final = 5000
"""Of all actions: the analytics are asked for the same hours again and again, and drawing one takes a
hundred times longer than reading it."""


@dataclass(frozen=True, slots=True)
class HistorySpec:
    """How busy an action was: its peak hour of the day, and how many days back that goes."""

    days: int
    peak_calls_per_hour: float
    degraded: "Degraded | None" = None
    failures: tuple["PastFailures", ...] = ()
    platform_share: Distribution | None = None
    """What the platform added to each call."""


@dataclass(frozen=True, slots=True)
class PastFailures:
    """A share of the past that the backend refused, and how long that took."""

    share: float
    law: Distribution


@dataclass(frozen=True, slots=True)
class Degraded:
    """The newest `hours` of the past, in which the backend answers by another law."""

    hours: float
    law: Distribution


PastOutcome = Literal["ok", "backend_error", "timeout"]
PAST_OUTCOMES: Final[tuple[PastOutcome, ...]] = get_args(PastOutcome)


class PastCall(NamedTuple):
    """One execution of the past."""

    at: float
    """Unix seconds."""
    duration_ms: float
    outcome: PastOutcome


def read_history(table: TomlSection, failures: tuple[PastFailures, ...]) -> HistorySpec:
    """The table `history` of an action whose backend fails so. Raises ScenarioError."""
    days = table.integer("days", low=1, high=60)
    worse = table.table("degraded")
    degraded = None if worse is None else _degraded(worse)
    return table.done(HistorySpec(days, table.number("peak_calls_per_hour", above=0.0), degraded, failures))


def _degraded(table: TomlSection) -> Degraded:
    hours = table.number("hours", above=0.0)
    latency = table.table("latency")
    if latency is None:
        raise table.wrong("latency", "is missing")
    law = read_latency(latency).law(0.0)
    if law is None:
        raise table.wrong("latency", "must have a distribution in closed form (no servers, no stalls)")
    return table.done(Degraded(hours, law))


@dataclass(frozen=True, slots=True, eq=False)
class PastExecutions:
    """The executions of an action before the sandbox started; each hour is the same whenever it is asked for.

    Traffic follows a working day: its peak is at 14:00 UTC, the night has a tenth of it. None of a backend
    whose latency has no closed form.
    """

    spec: HistorySpec
    latency: LatencySpec
    seed: str
    end: float
    """When the sandbox started, Unix seconds."""

    def calls(
        self,
        span: tuple[float, float],
        in_force: Callable[[float], int | None],
        until: float | None = None,
    ) -> Iterator[PastCall]:
        """Yield the executions within `span`, oldest first. With `until`, production goes on to that moment.

        `in_force`: the timeout at a moment (Unix seconds); None where none is set.
        """
        first = max(span[0], self.end - self.spec.days * _DAY_S)
        last = min(span[1], self.end if until is None else until)
        hour = math.floor(first / _HOUR_S)
        while hour * _HOUR_S < last:
            for at, duration_ms, share_ms, failed in _drawn(self, hour):
                if first <= at < last:
                    limit_ms = (in_force(at) or DEFAULT_TIMEOUT_S) * 1e3
                    if duration_ms > limit_ms:
                        yield PastCall(at, limit_ms + share_ms, "timeout")
                    else:
                        yield PastCall(at, duration_ms + share_ms, "backend_error" if failed else "ok")
            hour += 1


@lru_cache(maxsize=_HOURS_KEPT)
def _drawn(past: PastExecutions, hour: int) -> tuple[tuple[float, float, float, bool], ...]:
    """When each execution of an hour began, how long it took without and within the platform (ms), and
    whether the backend refused it."""
    spec, latency, end = past.spec, past.latency, past.end
    law = latency.law(0.0)
    if law is None:
        return ()
    worse_from, worse = math.inf, law
    if spec.degraded is not None:
        worse_from, worse = end - spec.degraded.hours * _HOUR_S, spec.degraded.law
    rng, share_rng = Random(f"{past.seed}:{hour}"), Random(f"{past.seed}:{hour}:share")
    drawn = []
    for _ in range(_poisson(rng, spec.peak_calls_per_hour * _traffic(hour % 24))):
        at = (hour + rng.random()) * _HOUR_S
        refused = _refused(spec, rng)
        of = refused.law if refused else law if at < worse_from else worse
        drawn.append((at, of.sample(rng), refused is not None))
    found = []
    before = float(hour * _HOUR_S)
    for at, base_ms, failed in sorted(drawn):
        duration_ms = base_ms * latency.day_factor(at - end, at) + _cold_ms(latency, at - before)
        before = at
        share_ms = 0.0 if spec.platform_share is None else spec.platform_share.sample(share_rng)
        found.append((at, duration_ms, share_ms, failed))
    return tuple(found)


def _refused(spec: HistorySpec, rng: Random) -> PastFailures | None:
    """By which failures a call is refused, None for none; no draw where there are none."""
    left = rng.random() if spec.failures else math.inf
    for failures in spec.failures:
        left -= failures.share
        if left < 0.0:
            return failures
    return None


def _cold_ms(latency: LatencySpec, idle_s: float) -> float:
    cold = latency.cold_start
    return cold.plus_ms if cold is not None and idle_s >= cold.after_idle_s else 0.0


def _traffic(hour_of_day: int) -> float:
    return 0.1 + 0.9 * max(math.cos((hour_of_day - 14) / 24 * 2 * math.pi), 0.0)


def _poisson(rng: Random, mean: float) -> int:
    """Number of events of a Poisson process in one unit of time: exponential gaps, counted."""
    count, at = 0, rng.expovariate(mean) if mean > 0.0 else math.inf
    while at < 1.0:
        count += 1
        at += rng.expovariate(mean)
    return count
