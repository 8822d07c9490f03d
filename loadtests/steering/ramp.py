"""Ramp: the rate rises step by step until latency or errors bend; the last straight step is the knee."""

import math
from dataclasses import dataclass, field
from statistics import fmean, median

from diag.workload.load_shape import Ramp
from loadtests.steering.decisions import Decision, Knee, RampStep
from loadtests.steering.second import Second

FEWEST_CALLS = 5


@dataclass(slots=True)
class _Track:
    first_median_ms: float | None = None
    straight: tuple[float, float] | None = None
    rate: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    errors: int = 0
    held_back: int = 0
    bent: bool = False


class RampTracker:
    """Policy: judges each step when it is over, ends the actions that bent, and goes on to the next step.

    `most_load`: how many times the planned rates may be sent at most.
    """

    def __init__(self, ramp: Ramp, actions: int, most_load: float = math.inf) -> None:
        self._ramp = ramp
        self._tracks = [_Track() for _ in range(actions)]
        self._most_load = most_load
        self._limited = False
        self.step = 0

    @property
    def level(self) -> float:
        """Return the factor of the present step."""
        return self._ramp.growth**self.step

    @property
    def over(self) -> str | None:
        """Return why no step follows the one just judged, or None."""
        if self._limited:
            return "the limits allow no higher step of the ramp"
        return "the last step of the ramp is over" if self.step >= self._ramp.steps else None

    def second(self, second: Second) -> list[Decision]:
        """At the end of a step return the actions that bent in it, and the next step."""
        for track, latencies_ms, errors, held_back, rate in zip(
            *(self._tracks, second.latencies_ms, second.errors, second.held_back, second.load.rates),
            strict=True,
        ):
            track.rate = max(track.rate, rate)
            track.latencies_ms.extend(latencies_ms)
            track.errors += errors
            track.held_back += held_back
        if second.now_s < (self.step + 1) * self._ramp.step_s:
            return []
        knees = [knee for index in range(len(self._tracks)) if (knee := self._judge(index)) is not None]
        # At the limit (or without users) the next step would be this one again.
        self._limited = second.load.factor >= self._most_load or not second.load.factor
        self.step += 1
        for track in self._tracks:
            track.latencies_ms, track.errors, track.held_back, track.rate = [], 0, 0, 0.0
        return [*knees, RampStep(self.level)]

    def _judge(self, index: int) -> Knee | None:
        track = self._tracks[index]
        answered = len(track.latencies_ms)
        calls = answered + track.errors
        if track.bent or calls < FEWEST_CALLS:
            return None
        why = self._bent(track, calls)
        if why is None:
            if answered >= FEWEST_CALLS:
                track.straight = (track.rate, track.rate * fmean(track.latencies_ms) / 1000)
            return None
        track.bent = True
        straight = track.straight
        return Knee(index, why, straight[0] if straight else None, straight[1] if straight else None)

    def _bent(self, track: _Track, calls: int) -> str | None:
        if track.errors > self._ramp.error_share * calls:
            return f"{track.errors} of {calls} calls failed at {track.rate:.3g} calls/s"
        if len(track.latencies_ms) >= FEWEST_CALLS:
            now = median(track.latencies_ms)
            if track.first_median_ms is None:
                track.first_median_ms = now
            if now > self._ramp.latency_factor * track.first_median_ms:
                before = track.first_median_ms
                return f"the median rose from {before:.0f} to {now:.0f} ms at {track.rate:.3g} calls/s"
        if track.held_back:
            return (
                f"{track.held_back} calls had to be held back at {track.rate:.3g} calls/s: too many in flight"
            )
        return None
