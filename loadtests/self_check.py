"""The load generator measures itself, once a second, and is graded by what it saw.

A busy neighbour costs 25 ms at p99 while Locust's own CPU figure stays low (load-testing notes, 1f), so
the figures here are those that can see it: how late calls began, how late the event loop woke, how long
the process waited for a core.
"""

import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import gevent

Grade = Literal["OK", "WARN", "INVALID"]

OK_BELOW_MS: Final = 2.0
INVALID_FROM_MS: Final = 250.0
"""Half of the smallest buffer (0.5 s): lateness this large could reach a verdict."""
PROBE_EVERY_S: Final = 0.05

_SCHEDSTAT: Final = Path("/proc/self/schedstat")


@dataclass(frozen=True, slots=True)
class Second:
    """What the generator saw of itself in one second. Shares are of one core; None: not known here."""

    schedule_lag_p50_ms: float | None
    schedule_lag_p99_ms: float | None
    hub_lag_max_ms: float
    run_queue_share: float | None
    cpu_share: float
    rss_mb: float


class SelfCheck:
    """Collects lags between calls of `second()`; `watch()` runs as a greenlet and samples the event loop."""

    def __init__(self, take_lags: Callable[[], Sequence[float]]) -> None:
        self._take_lags = take_lags
        self._hub_lag_s = 0.0
        self._wall = time.perf_counter()
        self._cpu = time.process_time()
        self._waited = _run_queue_s()
        self.histogram: dict[int, int] = {}
        """Schedule lag of the whole run: 0.1 ms buckets -> calls."""

    def watch(self) -> None:
        """Sleep again and again and note how much longer each took. Never returns; kill the greenlet."""
        while True:
            asleep = time.perf_counter()
            gevent.sleep(PROBE_EVERY_S)
            late = time.perf_counter() - asleep - PROBE_EVERY_S
            self._hub_lag_s = max(self._hub_lag_s, late)

    def second(self) -> Second:
        """Return the figures since the last call and start anew."""
        lags = sorted(self._take_lags())
        for lag in lags:
            bucket = round(lag * 10_000)  # 0.1 ms
            self.histogram[bucket] = self.histogram.get(bucket, 0) + 1
        wall, cpu, waited = time.perf_counter(), time.process_time(), _run_queue_s()
        span = max(wall - self._wall, 1e-9)
        result = Second(
            schedule_lag_p50_ms=_at(lags, 0.50),
            schedule_lag_p99_ms=_at(lags, 0.99),
            hub_lag_max_ms=round(self._hub_lag_s * 1000, 3),
            run_queue_share=(
                None
                if waited is None or self._waited is None
                else round(max(0.0, waited - self._waited) / span, 4)
            ),
            cpu_share=round((cpu - self._cpu) / span, 4),
            rss_mb=round(_rss_mb(), 1),
        )
        self._wall, self._cpu, self._waited, self._hub_lag_s = wall, cpu, waited, 0.0
        return result


def lag_p99_ms(histogram: Mapping[int, int]) -> float | None:
    """Return the 99th percentile of a lag histogram (0.1 ms buckets -> calls), ms; None when it is empty."""
    total = sum(histogram.values())
    seen = 0
    for bucket in sorted(histogram):
        seen += histogram[bucket]
        if seen >= 0.99 * total:
            return bucket / 10
    return None


def grade(lag_p99_ms: float | None) -> tuple[Grade, str]:
    """Return the generator's verdict on itself, and why."""
    if lag_p99_ms is None:
        return "OK", "no calls were due"
    said = f"1 call in 100 left {lag_p99_ms:.1f} ms or more after it was due"
    if lag_p99_ms >= INVALID_FROM_MS:
        return "INVALID", f"{said}: this machine was too busy to measure"
    if lag_p99_ms >= OK_BELOW_MS:
        return "WARN", f"{said}: something else kept this machine busy"
    return "OK", said


def _at(ordered: Sequence[float], share: float) -> float | None:
    """Nearest-rank quantile in ms."""
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 3)


def _run_queue_s() -> float | None:
    """Seconds this process waited for a core while it could have run (Linux only)."""
    try:
        return int(_SCHEDSTAT.read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return None


def _rss_mb() -> float:
    """Largest resident memory so far, MB.

    From /proc where there is one: getrusage's maximum also counts what the starting process had before
    it became this program.
    """
    try:
        text = Path("/proc/self/status").read_text(encoding="ascii")
        return int(text.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
