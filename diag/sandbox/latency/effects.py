"""What time and load do to a backend. Times in seconds since the backend's first call, latencies in ms.

The frozen classes are what a scenario describes; a `...Process` is one of them running, with its own
random stream.
"""

import heapq
import math
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Episodes:
    """Slow spells: on average a share of the time, `mean_s` long each, everything `times` slower."""

    share: float
    mean_s: float
    times: float


@dataclass(frozen=True, slots=True)
class Stalls:
    """The backend freezes for `for_s`, every `every_s` on average; work in hand freezes with it."""

    every_s: float
    for_s: float


@dataclass(frozen=True, slots=True)
class WarmUp:
    """`times` slower at the start, falling steadily to normal within `for_s`."""

    times: float
    for_s: float

    def factor(self, at_s: float) -> float:
        """How many times slower a call sent at `at_s` is."""
        left = max(1.0 - at_s / self.for_s, 0.0)
        return 1.0 + (self.times - 1.0) * left


@dataclass(frozen=True, slots=True)
class ColdStarts:
    """A call after `after_idle_s` without any pays `plus_ms` on top."""

    after_idle_s: float
    plus_ms: float


@dataclass(frozen=True, slots=True)
class LatencyDrift:
    """Steadily slower (or, below 1, faster): `times_per_hour` after each hour."""

    times_per_hour: float

    def factor(self, at_s: float) -> float:
        """How many times slower a call sent at `at_s` is."""
        return float(self.times_per_hour ** (at_s / 3600.0))


@dataclass(frozen=True, slots=True)
class Outage:
    """Calls sent in this window never get an answer."""

    from_s: float
    to_s: float

    def hangs(self, at_s: float) -> bool:
        """Whether a call sent at `at_s` hangs."""
        return self.from_s <= at_s < self.to_s


@dataclass(frozen=True, slots=True)
class Nightly:
    """Between two hours of the day (UTC) everything is `times` slower: a batch has the backend busy."""

    from_hour: float
    to_hour: float
    times: float

    def factor(self, unix_s: float) -> float:
        """How many times slower a call sent then (Unix seconds) is."""
        hour = unix_s / 3600.0 % 24.0
        if self.from_hour < self.to_hour:
            inside = self.from_hour <= hour < self.to_hour
        else:  # past midnight
            inside = hour >= self.from_hour or hour < self.to_hour
        return self.times if inside else 1.0


@dataclass(frozen=True, slots=True)
class LatencyStep:
    """From `after_hours` on `times` slower, for good: another release, another data centre."""

    after_hours: float
    times: float

    def factor(self, at_s: float) -> float:
        """How many times slower a call sent at `at_s` is."""
        return self.times if at_s >= self.after_hours * 3600.0 else 1.0


class EpisodesProcess:
    """Fast and slow spells of exponential length, started in the long-run mix."""

    def __init__(self, episodes: Episodes, rng: Random) -> None:
        self._rng = rng
        self._times = episodes.times
        self._slow_mean_s = episodes.mean_s
        self._fast_mean_s = episodes.mean_s * (1.0 - episodes.share) / episodes.share
        self._slow = rng.random() < episodes.share
        self._until_s = self._spell_s()

    def factor(self, at_s: float) -> float:
        """How many times slower a call sent at `at_s` is; calls come in order of time."""
        while at_s >= self._until_s:
            self._slow = not self._slow
            self._until_s += self._spell_s()
        return self._times if self._slow else 1.0

    def _spell_s(self) -> float:
        return self._rng.expovariate(1.0 / (self._slow_mean_s if self._slow else self._fast_mean_s))


class StallsProcess:
    """Freezes with exponential gaps between them."""

    def __init__(self, stalls: Stalls, rng: Random) -> None:
        self._rng = rng
        self._spec = stalls
        self._starts_s = [rng.expovariate(1.0 / stalls.every_s)]

    def delayed_ms(self, at_s: float, work_ms: float) -> float:
        """Latency of a call sent at `at_s` that needs `work_ms` of a backend that runs."""
        while self._starts_s[0] + self._spec.for_s <= at_s:
            self._start_s(1)
            del self._starts_s[0]
        end_s = at_s + work_ms / 1e3
        index = 0
        while (start_s := self._start_s(index)) < end_s:
            end_s += start_s + self._spec.for_s - max(start_s, at_s)
            index += 1
        return (end_s - at_s) * 1e3

    def _start_s(self, index: int) -> float:
        """Start of the freeze number `index` from the oldest still kept; drawn when first asked for."""
        while len(self._starts_s) <= index:
            gap_s = self._spec.for_s + self._rng.expovariate(1.0 / self._spec.every_s)
            self._starts_s.append(self._starts_s[-1] + gap_s)
        return self._starts_s[index]


class Queue:
    """`servers` workers behind one first-come-first-served queue: latency grows with load, as in life."""

    def __init__(self, servers: int) -> None:
        self._free_at_s = [-math.inf] * servers

    def latency_ms(self, at_s: float, service_ms: float) -> float:
        """Wait for the first free worker plus the service itself; calls come in order of time."""
        start_s = max(at_s, self._free_at_s[0])
        done_s = start_s + service_ms / 1e3
        heapq.heapreplace(self._free_at_s, done_s)
        return (done_s - at_s) * 1e3
