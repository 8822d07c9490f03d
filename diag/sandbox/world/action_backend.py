"""The service behind an action: what a call takes, and the share that it refuses or answers wrongly."""

from random import Random

from diag.sandbox.latency.drawn_latency import DrawnLatency
from diag.sandbox.world.actions.action_spec import ActionSpec, FailureSpec


class ActionBackend:
    """The service behind one action: healthy calls and the share it refuses, each with its own stream; and
    what the platform adds."""

    def __init__(self, spec: ActionSpec, seed: int, action_id: str) -> None:
        self._healthy = DrawnLatency(spec.latency, Random(f"{seed}:{action_id}"))
        self._failures = [
            (failure, DrawnLatency(failure.latency, Random(f"{seed}:{action_id}:{failure.status}")))
            for failure in spec.failures
        ]
        self._not_found = (
            None
            if spec.knows is None
            else DrawnLatency(spec.knows.latency, Random(f"{seed}:{action_id}:unknown"))
        )
        self._choice = Random(f"{seed}:{action_id}:choice")
        share = spec.platform_share
        self._share = None if share is None else DrawnLatency(share, Random(f"{seed}:{action_id}:platform"))
        self._breaks_share = spec.breaks_contract
        self._breaks = Random(f"{seed}:{action_id}:contract")
        self._first_call_s: float | None = None

    def age_s(self, now_s: float) -> float:
        """Seconds since the first call: the clock that warm-ups, drifts and outages go by."""
        return 0.0 if self._first_call_s is None else now_s - self._first_call_s

    def platform_share_ms(self, now_s: float, unix_s: float) -> float:
        """Time that the platform adds to a call sent now; no draw where it adds none."""
        return 0.0 if self._share is None else self._share.latency_ms(self.age_s(now_s), unix_s)

    def breaks_contract(self) -> bool:
        """Whether the result of a healthy call that is sent now does not fit its contract."""
        return self._breaks_share > 0.0 and self._breaks.random() < self._breaks_share

    def call(
        self, now_s: float, *, known: bool = True, unix_s: float = 0.0
    ) -> tuple[float, FailureSpec | None]:
        """Time in ms that a call sent now takes (infinite: it hangs), and how it is refused if so.

        `known`: the backend knows what it is asked for. `unix_s`: the time of day, for what comes by night.
        """
        if self._first_call_s is None:
            self._first_call_s = now_s
        at_s = self.age_s(now_s)
        if self._failures:
            u = self._choice.random()
            for failure, backend in self._failures:
                u -= failure.share
                if u < 0.0:
                    return backend.latency_ms(at_s, unix_s), failure
        healthy = self._healthy if known or self._not_found is None else self._not_found
        return healthy.latency_ms(at_s, unix_s), None
