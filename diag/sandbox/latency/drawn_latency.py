"""An action's backend: answers "how long would this call take, sent now?"."""

import math
from dataclasses import dataclass
from itertools import cycle
from random import Random
from statistics import NormalDist
from typing import Final

from diag.sandbox.latency.distributions import Distribution, Scaled, mixture
from diag.sandbox.latency.effects import (
    ColdStarts,
    Episodes,
    EpisodesProcess,
    LatencyDrift,
    LatencyStep,
    Nightly,
    Outage,
    Queue,
    Stalls,
    StallsProcess,
    WarmUp,
)

_NORMAL: Final = NormalDist()
_EDGE: Final = 1e-15


@dataclass(frozen=True, slots=True)
class LatencySpec:
    """A backend as the scenario describes it: a distribution, and what happens to it."""

    base: Distribution
    correlation: float = 0.0
    """Between one call and the next (Gaussian copula): slow calls come in a row, the distribution stays."""
    trace_ms: tuple[float, ...] = ()
    """Played in this order, again and again, instead of drawing from `base` (its distribution)."""
    servers: int | None = None
    episodes: Episodes | None = None
    stalls: Stalls | None = None
    warm_up: WarmUp | None = None
    cold_start: ColdStarts | None = None
    drift: LatencyDrift | None = None
    nightly: Nightly | None = None
    step: LatencyStep | None = None
    outages: tuple[Outage, ...] = ()

    def law(self, at_s: float) -> Distribution | None:
        """The exact distribution in the long run, as of `at_s`; None where there is no closed form."""
        if self.servers is not None or self.stalls is not None:
            return None
        law = self.base
        if self.episodes is not None:
            slow = self.episodes
            law = mixture([(1.0 - slow.share, law), (slow.share, Scaled(law, slow.times))])
        if self.drift is not None:
            law = Scaled(law, self.drift.factor(at_s))
        if self.step is not None:
            law = Scaled(law, self.step.factor(at_s))
        return law

    def day_factor(self, at_s: float, unix_s: float) -> float:
        """How many times slower a step and the time of day make a call that is sent then."""
        nightly = 1.0 if self.nightly is None else self.nightly.factor(unix_s)
        return nightly if self.step is None else nightly * self.step.factor(at_s)

    def notes(self) -> list[str]:
        """Return what `law` leaves out, in words."""
        limits = {
            "a queue: latency depends on the load": self.servers is not None,
            "stalls: latency depends on when a call is sent": self.stalls is not None,
            "drift: true only now": self.drift is not None,
            "a step: true only now": self.step is not None,
            "outside the nightly batch": self.nightly is not None,
            "calls that find the backend warm": self.warm_up is not None or self.cold_start is not None,
            "outside outages": bool(self.outages),
            "in the long run: slow and fast calls come in a row": bool(self.episodes or self.correlation),
        }
        return [note for note, applies in limits.items() if applies]


class DrawnLatency:
    """One running backend with its own random stream. Calls must come in order of time."""

    def __init__(self, spec: LatencySpec, rng: Random) -> None:
        self._spec = spec
        self._rng = rng
        self._trace = cycle(spec.trace_ms) if spec.trace_ms else None
        self._z = rng.gauss(0.0, 1.0)
        self._last_s: float | None = None
        self._episodes = None if spec.episodes is None else EpisodesProcess(spec.episodes, _own(rng))
        self._stalls = None if spec.stalls is None else StallsProcess(spec.stalls, _own(rng))
        self._queue = None if spec.servers is None else Queue(spec.servers)

    def latency_ms(self, at_s: float, unix_s: float = 0.0) -> float:
        """Time the call sent at `at_s` (seconds since the first one) takes; infinite for a hang.

        `unix_s`: the same moment in Unix seconds.
        """
        spec = self._spec
        latency_ms = self._draw_ms() * spec.day_factor(at_s, unix_s)
        if self._episodes is not None:
            latency_ms *= self._episodes.factor(at_s)
        if spec.warm_up is not None:
            latency_ms *= spec.warm_up.factor(at_s)
        if spec.drift is not None:
            latency_ms *= spec.drift.factor(at_s)
        if spec.cold_start is not None:
            idle = self._last_s is None or at_s - self._last_s >= spec.cold_start.after_idle_s
            latency_ms += spec.cold_start.plus_ms if idle else 0.0
        self._last_s = at_s
        if any(outage.hangs(at_s) for outage in spec.outages):
            return math.inf
        if self._queue is not None:
            latency_ms = self._queue.latency_ms(at_s, latency_ms)
        if self._stalls is not None:
            latency_ms = self._stalls.delayed_ms(at_s, latency_ms)
        return latency_ms

    def _draw_ms(self) -> float:
        if self._trace is not None:
            return next(self._trace)
        rho = self._spec.correlation
        if not rho:
            return self._spec.base.sample(self._rng)
        self._z = rho * self._z + math.sqrt(1.0 - rho * rho) * self._rng.gauss(0.0, 1.0)
        return self._spec.base.quantile(min(max(_NORMAL.cdf(self._z), _EDGE), 1.0 - _EDGE))


def _own(rng: Random) -> Random:
    """A stream of its own, so that one effect's draws do not shift another's."""
    return Random(rng.random())
