"""The sandbox as one object: everything a route needs, and nothing global."""

from dataclasses import replace
from random import Random
from typing import Final

from diag.sandbox.audits.audit_trail import AuditTrail
from diag.sandbox.clock import Clock, SystemClock
from diag.sandbox.faults.faults_in_force import FaultsInForce
from diag.sandbox.latency.drawn_latency import LatencySpec
from diag.sandbox.world.action_backend import ActionBackend
from diag.sandbox.world.actions.action_spec import ActionSpec
from diag.sandbox.world.jobs import Jobs
from diag.sandbox.world.limits import LimitKeeper
from diag.sandbox.world.org import SandboxOrg
from diag.sandbox.world.past_executions import PastExecutions
from diag.sandbox.world.scenario import Scenario
from diag.sandbox.world.tokens import Tokens
from diag.sandbox.world.true_calls import TrueCalls

_BACKEND_TOKEN_S: Final = 3600


class Sandbox:
    """A scenario brought to life with a seed; `clock` is that of this machine unless given."""

    def __init__(self, scenario: Scenario, seed: int, clock: Clock | None = None) -> None:
        self.clock = clock if clock is not None else SystemClock()
        self.scenario = scenario
        self.seed = seed
        self.switches = scenario.switches
        self.permissions = scenario.permissions
        self.plays_a_platform = False
        """It behaves as a file of facts says; where the scenario says something too, the file wins."""
        self.as_org = scenario.as_org
        """It asks to be treated as an org, by whoever asks `/sandbox/about`; itself it does nothing else."""
        self.org = SandboxOrg(scenario, lambda: self.switches)
        self.tokens = Tokens(scenario.token_lifetime_s)
        self.backend_tokens = Tokens(_BACKEND_TOKEN_S)
        """Of the backends that want one, given out by the one that issues them."""
        self.limits = LimitKeeper(scenario.limits)
        self.true_calls = TrueCalls()
        self.audits = AuditTrail()
        self.jobs = Jobs(seed, self.unix_s)
        self.faults = FaultsInForce(Random(f"{seed}:faults"))
        self.faults.arm(scenario.faults)
        self._backends: dict[str, ActionBackend] = {}
        self._pasts: dict[str, PastExecutions | None] = {}
        self._started_s = self.clock.monotonic_s()
        self._begins_ahead_s = _until_hour(self.clock.unix_s(), scenario.begins_at_hour)
        self._started_at = self.clock.unix_s() + self._begins_ahead_s
        self._ahead_s = 0.0

    @property
    def changes(self) -> object:
        """Differs from an earlier value once anything a saved state holds has changed."""
        return self.org.changes, self.switches, self.limits.limits

    def end_token(self, token: str) -> None:
        """End a token before its time (a fault)."""
        self.tokens.revoke(token)

    def save_as_someone_else(self, action_id: str) -> None:
        """Save an action unchanged, so that its version grows (a fault). Raises ErrorReply 404."""
        self.org.save_unchanged(action_id)

    def now_s(self) -> float:
        """Seconds of its own time since the sandbox started."""
        return self.clock.monotonic_s() - self._started_s + self._ahead_s

    def unix_s(self) -> float:
        """The time it says it is, Unix seconds: the clock's, and ahead of it where its day begins at another
        hour, and by what was let pass."""
        return self.clock.unix_s() + self._begins_ahead_s + self._ahead_s

    async def let_pass(self, until: float) -> None:
        """Let its time pass up to a moment (Unix seconds), `time_lapse` times as fast as the clock's.

        Calls in flight take the time that they take. Two who wait for the same moment wait once.
        """
        left_s = until - self.unix_s()
        if left_s > 0.0:
            await self.clock.sleep_until(self.clock.monotonic_s() + left_s / self.scenario.time_lapse)
            self._ahead_s = max(self._ahead_s, until - self._begins_ahead_s - self.clock.unix_s())

    def backend_age_s(self, action_id: str) -> float:
        """Seconds since an action's first call; 0 before it."""
        backend = self._backends.get(action_id)
        return 0.0 if backend is None else backend.age_s(self.now_s())

    def platform_share(self, spec: ActionSpec) -> LatencySpec | None:
        """What the platform adds to each call of an action; None: nothing."""
        return self.scenario.platform_share if spec.platform_share is None else spec.platform_share

    def past(self, action_id: str) -> PastExecutions | None:
        """What was executed of an action of the scenario before the sandbox started; None: nothing."""
        if action_id not in self._pasts:
            self._pasts[action_id] = self._past(self.org.specs[action_id], action_id)
        return self._pasts[action_id]

    def _past(self, spec: ActionSpec, action_id: str) -> PastExecutions | None:
        if spec.history is None:
            return None
        share = self.platform_share(spec)
        history = spec.history if share is None else replace(spec.history, platform_share=share.law(0.0))
        return PastExecutions(history, spec.latency, f"{self.seed}:{action_id}:past", self._started_at)

    def backend(self, action_id: str) -> ActionBackend:
        """The backend of an action, made at its first call."""
        backend = self._backends.get(action_id)
        if backend is None:
            spec = self.org.specs.get(action_id) or ActionSpec("", "", "")
            spec = replace(spec, platform_share=self.platform_share(spec))
            backend = self._backends[action_id] = ActionBackend(spec, self.seed, action_id)
        return backend


def _until_hour(now: float, hour: int | None) -> float:
    """Return the seconds until it is next that hour of the day (UTC); 0 for none."""
    return 0.0 if hour is None else (hour * 3600.0 - now) % 86_400.0
