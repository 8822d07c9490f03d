"""Backends with a known truth over a day or a week: how long a call takes at any moment, and which share of
all calls any timeout cuts off.

A level (log latency over time) times what a single call draws from one or several lognormal parts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import signal, special

Floats = NDArray[np.float64]

DAY_S: Final = 86_400.0
WEEK_S: Final = 7 * DAY_S
SCALE_S: Final = 2.0
STEP_S: Final = 10.0
"""The level is constant for so long."""


@dataclass(frozen=True, slots=True)
class Part:
    """A share of all calls: lognormal, with a median of SCALE_S times `times`."""

    share: float = 1.0
    times: float = 1.0
    sigma: float = 0.3


@dataclass(frozen=True, slots=True)
class BackendDay:
    """One draw: the log of the level in each step of the span, and the parts."""

    level: Floats
    parts: tuple[Part, ...] = (Part(),)

    @property
    def span_s(self) -> float:
        """Return how long it lasts, seconds."""
        return self.level.size * STEP_S

    def latency_s(self, since_begin_s: Floats, rng: np.random.Generator) -> Floats:
        """Return how long calls take that start then, seconds."""
        step = np.minimum((since_begin_s / STEP_S).astype(np.int64), self.level.size - 1)
        part = rng.choice(len(self.parts), size=step.size, p=[one.share for one in self.parts])
        times = np.array([one.times for one in self.parts])[part]
        sigma = np.array([one.sigma for one in self.parts])[part]
        noise = sigma * rng.standard_normal(step.size)
        return np.asarray(SCALE_S * times * np.exp(self.level[step] + noise))

    def cut_off(self, timeout_s: float) -> float:
        """Return the share of all calls of the span that take longer than a timeout."""
        return float(
            sum(
                one.share
                * special.ndtr((self.level - np.log(timeout_s / SCALE_S / one.times)) / one.sigma).mean()
                for one in self.parts
            )
        )


Draw = Callable[[np.random.Generator], BackendDay]


def _steps(span_s: float = DAY_S) -> Floats:
    return np.arange(0.0, span_s, STEP_S)


def _steady(*parts: Part) -> Draw:
    return lambda rng: BackendDay(np.zeros(int(DAY_S / STEP_S)), parts)


def _ou(memory_s: float) -> Draw:
    """A level that wanders: an Ornstein-Uhlenbeck process of standard deviation 0.4."""

    def draw(rng: np.random.Generator) -> BackendDay:
        keep = np.exp(-STEP_S / memory_s)
        noise = rng.standard_normal(_steps().size) * 0.4 * np.sqrt(1.0 - keep**2)
        noise[0] = 0.4 * rng.standard_normal()
        return BackendDay(np.asarray(signal.lfilter([1.0], [1.0, -keep], noise)))

    return draw


def _episodes(times: float, each_s: float, share: float) -> Draw:
    """Slow by so many times for `each_s` seconds, a share of the time."""

    def draw(rng: np.random.Generator) -> BackendDay:
        slow = rng.random(int(DAY_S / each_s)) < share
        return BackendDay(np.repeat(np.where(slow, np.log(times), 0.0), int(each_s / STEP_S)))

    return draw


def _step(rng: np.random.Generator) -> BackendDay:
    return BackendDay(np.where(_steps() > rng.uniform(0.2, 0.8) * DAY_S, np.log(1.8), 0.0))


def _drift(rng: np.random.Generator) -> BackendDay:
    """Twice as slow at the end as at the beginning."""
    return BackendDay(_steps() / DAY_S * np.log(2.0))


def _by_day(rng: np.random.Generator) -> BackendDay:
    """Slow by day and fast by night, 1.5 times either way."""
    return BackendDay(np.log(1.5) * np.sin(2.0 * np.pi * (_steps() / DAY_S + rng.random())))


def _batch(span_s: float, lasts_s: float, times: float) -> Draw:
    """Slow by so many times while a batch runs, once in the span."""

    def draw(rng: np.random.Generator) -> BackendDay:
        since = (_steps(span_s) - rng.uniform(0.0, span_s)) % span_s
        return BackendDay(np.where(since < lasts_s, np.log(times), 0.0))

    return draw


INDEPENDENT: Final[dict[str, Draw]] = {
    "independent": _steady(Part()),
    "independent, sigma 1": _steady(Part(sigma=1.0)),
    "cache: 1 of 10 misses, x8": _steady(Part(0.9, 0.25), Part(0.1, 2.0)),
    "two backends, one x2.5 slow": _steady(Part(0.5), Part(0.5, 2.5)),
}
CORRELATED: Final[dict[str, Draw]] = {
    "level, memory of 10 s": _ou(10.0),
    "level, memory of 2 min": _ou(120.0),
    "level, memory of 30 min": _ou(1800.0),
    "slow episodes": _episodes(3.0, 300.0, 0.04),
    "a step": _step,
}
FURTHER: Final[dict[str, Draw]] = {
    "bursts of 30 s, x4, 3 %": _episodes(4.0, 30.0, 0.03),
    "slow for 20 min, x3, 4 %": _episodes(3.0, 1200.0, 0.04),
    "drift, doubling": _drift,
    "day and night": _by_day,
    "nightly batch, 2 h, x2.5": _batch(DAY_S, 7200.0, 2.5),
    "weekly batch, 4 h, x2.5": _batch(WEEK_S, 14_400.0, 2.5),
}
"""The last one lasts a week."""
