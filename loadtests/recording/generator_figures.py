"""The load generator measures itself, once a second.

A busy neighbour costs 25 ms at p99 while Locust's own CPU figure stays low
(docs/load.md, "What a neighbour costs"), so the figures here are those that can see it: how late calls began,
how late the event loop woke, how long the process waited for a core. `generator_grade` says what they mean.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final

from analysis.machine.own_process import peak_memory_mb, waited_for_a_core_s
from loadtests.recording.run_clock import RunClock

PROBE_EVERY_S: Final = 0.05
FEWEST_PROBES: Final = 100
"""With fewer (a run of less than 5 s) the 99th percentile is a single moment, and no figure of the run."""
BUSIEST_SECONDS: Final = 0.95
"""CPU is reported as this quantile of a run's seconds: calls come in bursts, and a burst waits for itself."""

SHORTEST_SECOND_S: Final = 0.5
"""The last line of a run follows the one before by a moment, in which it does nothing but write that line."""


@dataclass(frozen=True, slots=True)
class GeneratorSecond:
    """What the generator measured of itself in one second. Shares are of one core; None: unknown here."""

    schedule_lag_p50_ms: float | None
    schedule_lag_p99_ms: float | None
    hub_lag_max_ms: float
    run_queue_share: float | None
    cpu_share: float
    rss_mb: float


@dataclass(frozen=True, slots=True)
class GeneratorFigures:
    """What a load process measured of itself over a run; None: unknown on this system, or nothing to measure.

    `schedule_lag_p99_ms`: from due to begun, per call. `hub_lag_p99_ms`: how late the event loop woke from a
    sleep, 20 times a second: what a reply that came meanwhile had to wait. `run_queue_share`: share of the
    run in which the process had work and waited for a core. `cpu_share`: of one core, in the busiest
    twentieth of the seconds.
    """

    schedule_lag_p99_ms: float | None = None
    hub_lag_p99_ms: float | None = None
    run_queue_share: float | None = None
    cpu_share: float | None = None

    def known(self) -> dict[str, float]:
        """Return those that are known, by name: what the manifest keeps."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def worst_of(all_figures: Sequence[GeneratorFigures]) -> GeneratorFigures:
    """Return each figure as the worst process has it: one late worker spoils its own calls."""

    def worst(name: str) -> float | None:
        return max((seen for one in all_figures if (seen := getattr(one, name)) is not None), default=None)

    return GeneratorFigures(**{field.name: worst(field.name) for field in fields(GeneratorFigures)})


class GeneratorMeter:
    """Owned by `Session`, which runs `watch` as a greenlet and asks for the figures once a second."""

    def __init__(self, clock: RunClock) -> None:
        self._clock = clock
        self._hub_lag_s = 0.0
        self._began = self._wall = clock.now()
        self._cpu = time.process_time()
        self._first_wait = self._waited = waited_for_a_core_s()
        self._lags: dict[int, int] = {}
        self._hub_lags: dict[int, int] = {}
        self._cpu_shares: list[float] = []

    def watch(self) -> None:
        """Sleep again and again and note how much longer each took. Never returns; kill the greenlet."""
        while True:
            asleep = self._clock.now()
            self._clock.sleep(PROBE_EVERY_S)
            self.woke(self._clock.now() - asleep - PROBE_EVERY_S)

    def woke(self, late_s: float) -> None:
        """Count one wake-up of the event loop that came this late."""
        self._hub_lag_s = max(self._hub_lag_s, late_s)
        _count(self._hub_lags, late_s)

    def second(self, lags_s: Sequence[float]) -> GeneratorSecond:
        """Return the figures since the last call and start anew.

        `lags_s`: from due to begun, of each call that began since then.
        """
        lags = sorted(lags_s)
        for lag in lags:
            _count(self._lags, lag)
        wall, cpu, waited = self._clock.now(), time.process_time(), waited_for_a_core_s()
        span = max(wall - self._wall, 1e-9)
        result = GeneratorSecond(
            schedule_lag_p50_ms=_at(lags, 0.50),
            schedule_lag_p99_ms=_at(lags, 0.99),
            hub_lag_max_ms=round(self._hub_lag_s * 1000, 3),
            run_queue_share=_share(self._waited, waited, span),
            cpu_share=round((cpu - self._cpu) / span, 4),
            rss_mb=round(peak_memory_mb(), 1),
        )
        if span >= SHORTEST_SECOND_S:
            self._cpu_shares.append(result.cpu_share)
        self._wall, self._cpu, self._waited, self._hub_lag_s = wall, cpu, waited, 0.0
        return result

    def figures(self) -> GeneratorFigures:
        """Return the figures of the whole run, up to the last `second()`."""
        return GeneratorFigures(
            schedule_lag_p99_ms=_p99_ms(self._lags, fewest=1),
            hub_lag_p99_ms=_p99_ms(self._hub_lags, fewest=FEWEST_PROBES),
            run_queue_share=_share(self._first_wait, self._waited, max(self._wall - self._began, 1e-9)),
            cpu_share=_quantile(sorted(self._cpu_shares), BUSIEST_SECONDS),
        )


def _count(histogram: dict[int, int], seconds: float) -> None:
    bucket = round(seconds * 10_000)  # 0.1 ms
    histogram[bucket] = histogram.get(bucket, 0) + 1


def _p99_ms(histogram: Mapping[int, int], *, fewest: int) -> float | None:
    """The 99th percentile of a histogram (0.1 ms buckets -> how often), ms; None where it holds too few."""
    total = sum(histogram.values())
    if total < fewest:
        return None
    seen = 0
    for bucket in sorted(histogram):
        seen += histogram[bucket]
        if seen >= 0.99 * total:
            return bucket / 10
    return None


def _at(ordered: Sequence[float], share: float) -> float | None:
    """Nearest-rank quantile in ms."""
    seconds = _quantile(ordered, share)
    return None if seconds is None else round(seconds * 1000, 3)


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def _share(before_s: float | None, after_s: float | None, span_s: float) -> float | None:
    if before_s is None or after_s is None:
        return None
    return round(max(0.0, after_s - before_s) / span_s, 4)
