"""Ramp: the rate rises step by step until latency or errors bend; the last straight step is the knee.

A step is judged at the rate that was sent: one that the generator did not reach says nothing about its load.
"""

import math
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Final

from diag.workload.tables.load_shape import Ramp
from loadtests.steering.decisions import Decision, Knee, RampStep
from loadtests.steering.load_second import Second

FEWEST_CALLS = 5
REACHED: Final = 1.15
"""A step was reached where at most so many times the calls that left were due: one load level, too."""
CHANCE: Final = 3.0
"""Standard errors of a Poisson count: few calls miss their rate by chance."""


@dataclass(slots=True)
class _Track:
    first_median_ms: float | None = None
    straight: tuple[float, float] | None = None
    planned: float = 0.0
    due: float = 0.0
    sent: int = 0
    latencies_ms: list[float] = field(default_factory=list)
    errors: int = 0
    held_back: int = 0
    bent: bool = False

    @property
    def reached(self) -> bool:
        """Whether the step's calls left at the planned rate, chance aside."""
        return self.due <= REACHED * (self.sent + CHANCE * math.sqrt(self.due))

    @property
    def rate(self) -> float:
        """Calls/s at which the step is judged: the planned ones, or those that were reached."""
        return self.planned if self.reached else self.planned * self.sent / self.due

    def begin_step(self) -> None:
        """Forget the calls of the last step."""
        self.latencies_ms, self.errors, self.held_back = [], 0, 0
        self.planned, self.due, self.sent = 0.0, 0.0, 0


class RampTracker:
    """Policy: judges each step when it is over, ends the actions that bent, and goes on to the next step.

    `most_load`: how many times the planned rates may be sent at most.
    """

    def __init__(self, ramp: Ramp, actions: int, most_load: float = math.inf) -> None:
        self._ramp = ramp
        self._tracks = [_Track() for _ in range(actions)]
        self._most_load = most_load
        self._limited = False
        self._seen_s = 0.0
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
        for index, track in enumerate(self._tracks):
            rate = second.load.rates[index]
            track.planned = max(track.planned, rate)
            track.due += rate * (second.now_s - self._seen_s) * second.share
            track.sent += second.sent[index]
            track.latencies_ms.extend(second.latencies_ms[index])
            track.errors += second.errors[index]
            track.held_back += second.held_back[index]
        self._seen_s = second.now_s
        if second.now_s < (self.step + 1) * self._ramp.step_s:
            return []
        knees = [knee for index in range(len(self._tracks)) if (knee := self._judge(index)) is not None]
        # At the limit (or without users) the next step would be this one again.
        self._limited = second.load.factor >= self._most_load or not second.load.factor
        self.step += 1
        for track in self._tracks:
            track.begin_step()
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
            held = f"{track.held_back} calls had to be held back"
            return f"{held} at {track.planned:.3g} calls/s: too many in flight"
        if not track.reached:
            return f"only {track.rate:.3g} of {track.planned:.3g} calls/s were sent: the step was not reached"
        return None
