"""Which hosts direct calls go to, how fast, and what is against it. Values only; nothing is asked of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from diag.direct.direct_load import DirectRules
from diag.direct.hosts.backend_host import BackendHost
from diag.direct.hosts.may_be_called import is_own_backend, unfit_host
from loadtests.planning.direct.find_hosts import FoundHosts
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.planning.run_options import DEFAULT_MAX_IN_FLIGHT

_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class HostUse:
    """One host that direct calls of a plan go to."""

    host: BackendHost
    own: bool
    """The sandbox's own, which needs no confirmation."""
    confirmed: float | None
    """Most calls/s, as the person said; None: the host is not confirmed."""
    unfit: str | None
    """Why it may not be called even so."""
    actions: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    """Custom authentication actions that are called there, each but now and then."""
    changes: tuple[str, ...] = ()
    """Its actions whose request is not a GET."""
    rate: float = 0.0
    """Calls/s of one arrival stream, of all its actions together."""


@dataclass(frozen=True, slots=True)
class DirectPlan:
    """What is known of a plan's direct calls beside the plan itself."""

    rules: DirectRules = field(default_factory=DirectRules)
    found: FoundHosts = field(default_factory=FoundHosts)
    timeout_s: float | None = None
    """Instead of the actions' own; None: these."""
    at_default_rate: bool = False
    """Whether any backend is called once a second because nobody said how often."""

    def uses(self, plan: LoadPlan) -> tuple[HostUse, ...]:
        """Return each host once, in the order of the plan."""
        uses: dict[str, HostUse] = {}
        for action in plan.actions:
            if action.direct is None:
                continue
            for host in self._hosts(action):
                uses[host.name] = _with(uses.get(host.name) or self._unused(host), action)
            for host in self.found.login_hosts_of.get(action.action_id, ()):
                use = uses.get(host.name) or self._unused(host)
                login = () if (of := action.direct.auth_action) is None else (of.action_name,)
                uses[host.name] = replace(use, logins=tuple(dict.fromkeys((*use.logins, *login))))
        return tuple(uses.values())

    def leads_to(self, action: ActionLoad, host: BackendHost) -> bool:
        """Return whether calls to an action's backend itself go to a host."""
        return action.direct is not None and any(one.name == host.name for one in self._hosts(action))

    def held(self, plan: LoadPlan) -> LoadPlan:
        """Return the plan with its rules, held to what is confirmed: however many users or steps of a ramp
        there are, no host gets more. A plan that calls no backend itself stays as it is."""
        if all(action.direct is None for action in plan.actions):
            return plan
        return _within_hosts(replace(plan, direct=self.rules), self.uses(plan))

    def calls_real_backends(self, plan: LoadPlan) -> bool:
        """Return whether any host of the plan is not the sandbox's own."""
        return any(not use.own for use in self.uses(plan))

    def _hosts(self, action: ActionLoad) -> tuple[BackendHost, ...]:
        return self.found.hosts_of.get(action.action_id, ())

    def _unused(self, host: BackendHost) -> HostUse:
        own = is_own_backend(host, self.rules.sandbox_base)
        confirmed = math.inf if own else self.rules.hosts.get(host.name)
        return HostUse(host, own, confirmed, None if own else unfit_host(host, self.rules))


def _with(use: HostUse, action: ActionLoad) -> HostUse:
    name = action.action_name
    changes = (*use.changes, name) if action.side_effects else use.changes
    return replace(use, actions=(*use.actions, name), rate=use.rate + action.rate, changes=changes)


def _within_hosts(plan: LoadPlan, uses: Sequence[HostUse]) -> LoadPlan:
    times = [use.confirmed / use.rate for use in uses if use.confirmed is not None and use.rate > 0]
    most = min(times, default=math.inf)
    if math.isinf(most):
        return plan
    total = max(1.0, most) * sum(action.rate for action in plan.actions)
    return replace(plan, total_rate=total if plan.total_rate is None else min(total, plan.total_rate))


def highest_load(plan: LoadPlan, users: float) -> float:
    """Return how many times the planned rates so many users ask for at most, ramp and stages included."""
    times = asked_load(plan, users)
    return times * plan.ramp.growth ** (plan.ramp.steps - 1) if plan.mode == "ramp" else times


def asked_load(plan: LoadPlan, users: float) -> float:
    """Return the same without a ramp, which ends where a host has what is confirmed for it."""
    return users / plan.divided_among * max((stage.factor for stage in plan.stages), default=1.0)


def is_beyond(use: HostUse, load: float) -> bool:
    """Return whether a host would get more calls than are confirmed for it."""
    return use.confirmed is not None and use.rate * load > use.confirmed * (1 + _TINY)


def direct_rate(plan: LoadPlan) -> float:
    """Return the direct calls/s that are planned, of one arrival stream."""
    return sum(action.rate for action in plan.actions if action.direct is not None)


def places_for(plan: LoadPlan, users: int) -> int:
    """Return how many calls may be in flight where no org limits them: as many as leave within a deadline."""
    load = min(highest_load(plan, users), plan.most_load)
    places = sum(
        action.rate * action.direct.deadline_s for action in plan.actions if action.direct is not None
    )
    return max(1, min(DEFAULT_MAX_IN_FLIGHT, math.ceil(places * load)))
