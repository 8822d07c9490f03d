"""An action's backend: answers "how long would this call take, sent now?"."""

from dataclasses import dataclass
from random import Random

from diag.sandbox.latency.distributions import Distribution


@dataclass(frozen=True, slots=True)
class LatencySpec:
    """What a scenario says of a backend."""

    base: Distribution

    def truth(self) -> Distribution:
        """The law of a call's latency in the long run."""
        return self.base


class Backend:
    """One running backend with its own random stream."""

    def __init__(self, spec: LatencySpec, rng: Random) -> None:
        self._spec = spec
        self._rng = rng

    def latency_ms(self, at_s: float) -> float:
        """Time the call sent at `at_s` (seconds since the sandbox started) takes; infinite for a hang."""
        return self._spec.base.sample(self._rng)
