"""What a run will do, decided before the first call: values only, no I/O."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.format.action_facts import ActionFacts
from analysis.format.manifest import LeftOut, UsedFact
from analysis.format.sample_schema import ActionVersion, entry_key, shown_name
from diag.direct.direct_load import DirectLoad, DirectRules
from diag.workload.payload import Payload
from diag.workload.tables.guard_limits import GuardLimits
from diag.workload.tables.load_shape import Arrivals, Mode, Model, Poll, Ramp, Soak, Stage
from loadtests.planning.learnt_platform import LearntReplies


@dataclass(frozen=True, slots=True)
class ActionLoad:
    """One action to call.

    `rate`: calls/s of one arrival stream, for the whole run; `timeout_s`: the timeout in force (1..60), None
    where the org does not tell.
    """

    action_id: str
    action_name: str
    timeout_s: int | None
    rate: float
    payloads: tuple[Payload, ...]
    target: ActionVersion = ActionVersion.PUBLISHED
    side_effects: bool = False
    poll: Poll | None = None
    calls: int | None = None
    """At most this many calls, whatever the plan says of all; None: what it says."""
    direct: DirectLoad | None = None
    """How its backend is called itself; None: through Genesys Cloud."""

    @property
    def key(self) -> str:
        """Return what stands for it in the files of the run, where its backend is another one."""
        return entry_key(self.action_id, self.target)

    @property
    def shown_name(self) -> str:
        """Return the name for people: of an action, its draft, or its backend called directly."""
        return shown_name(self.action_name, self.target)


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """Everything a load process needs to know, apart from where to send and with which token."""

    actions: tuple[ActionLoad, ...]
    model: Model = "open"
    arrivals: Arrivals = "poisson"
    mode: Mode = "measure"
    seed: int = 1
    divided_among: int = 1
    """Locust users that together send the planned rates. 1: every user is an arrival stream of its own at
    these rates; more only where no number of users was asked for and each worker got one."""
    max_in_flight: int = 1000
    drain_s: float = 5.0
    total_rate: float | None = None
    """Most calls/s at once; actions beyond it wait until another one is done. None: no limit."""
    duration_s: float | None = None
    calls_per_action: int | None = None
    stages: tuple[Stage, ...] = ()
    guard: GuardLimits = field(default_factory=GuardLimits)
    soak: Soak = field(default_factory=Soak)
    ramp: Ramp = field(default_factory=Ramp)
    facts: tuple[ActionFacts, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    workload: str | None = None
    concurrency_limit: int | None = None
    sla: tuple[str, ...] = ()
    may_call_until: float | None = None
    """Unix seconds by the system's clock; nothing is sent later. None: no limit."""
    learnt: LearntReplies = field(default_factory=LearntReplies)
    """What was learnt of the platform's replies: by this, calls are judged."""
    platform_facts: tuple[UsedFact, ...] = ()
    """The same, and what else the run goes by, for the manifest."""
    recommend: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Per action id: settings of the recommendation that hold for it only."""
    direct: DirectRules | None = None
    """What is allowed of calls to backends themselves; None: there are none."""

    @property
    def asks_the_platform(self) -> bool:
        """Return whether any call goes through Genesys Cloud; else no token is needed."""
        return any(action.direct is None for action in self.actions)

    def most_calls(self, action: ActionLoad) -> int | None:
        """Return how often an action is called at most; None: any number of times."""
        return self.calls_per_action if action.calls is None else action.calls

    @property
    def most_load(self) -> float:
        """Return how many times the planned rates may be sent at most; infinite without a limit.

        At least once: actions that do not fit at their planned rates wait for their turn. The same for
        the whole run, whichever actions are done: an action's rate never rises because another one ended.
        """
        if self.total_rate is None:
            return math.inf
        return max(1.0, self.total_rate / sum(action.rate for action in self.actions))
