"""The workload file: what to call, how fast, with what, and when to stop. TOML, format 1.

`diag init` writes one with every setting commented (diag/commands/init.py). This file holds the values
and their defaults; `read_workload` reads and checks the TOML.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from analysis.format.action_facts import ProductionWeek
from diag.direct.direct_load import DirectAuth
from diag.hours.allowed_hours import ALWAYS, AllowedHours
from diag.hours.genesys_approval import Approval
from diag.workload.payload import Payload
from diag.workload.tables.direct_settings import CallTarget, DirectSettings
from diag.workload.tables.guard_limits import GuardLimits
from diag.workload.tables.load_shape import Arrivals, Mode, Model, Poll, Ramp, Soak, Stage


@dataclass(frozen=True, slots=True)
class WorkloadEntry:
    """One `[[action]]` of the file: which actions, how fast, with what."""

    id: str | None = None
    name: str | None = None
    category: str | None = None
    rate: float | None = None
    weight: float = 1.0
    allow_side_effects: bool = False
    payloads: tuple[Payload, ...] = ()
    generate: int | None = None
    recommend: Mapping[str, object] = field(default_factory=dict)
    """Settings of the recommendation for this action only (names of RecommendSettings)."""
    production_peak_rate: float | None = None
    production_week: ProductionWeek | None = None
    """When production calls it, as the file states it; it wins over telemetry."""
    poll: Poll | None = None
    target: CallTarget = "test"
    """Where its calls go; the same action may have an entry of each."""
    credentials: str | None = None
    """Of a direct call: whose credentials are looked for first."""
    auth: DirectAuth | None = None
    """Of a direct call; it wins over the table `[direct]`."""

    @property
    def label(self) -> str:
        """Return how the file calls it, for messages."""
        return self.name or self.id or f"category {self.category}"


@dataclass(frozen=True, slots=True)
class Workload:
    """A whole workload file."""

    entries: tuple[WorkloadEntry, ...] = ()
    mode: Mode = "measure"
    model: Model = "open"
    arrivals: Arrivals = "poisson"
    seed: int = 1
    duration_s: float | None = None
    calls_per_action: int | None = None
    rate: float | None = None
    """Calls/s of one arrival stream, shared by weight among actions without a rate of their own."""
    max_in_flight: int | None = None
    exceed_limits: bool = False
    allow_side_effects: bool = False
    stages: tuple[Stage, ...] = ()
    guard: GuardLimits = field(default_factory=GuardLimits)
    guard_enabled: bool | None = None
    """None (the file has no [guard]): on an org, and not in the sandbox, whose scenarios fail on purpose."""
    soak: Soak = field(default_factory=Soak)
    ramp: Ramp = field(default_factory=Ramp)
    sla: tuple[str, ...] = ()
    hours: AllowedHours = ALWAYS
    """When `diag tune` may call."""
    approval: Approval | None = None
    """What Genesys allows beyond the limits (`exceed_limits`), and when."""
    direct: DirectSettings = field(default_factory=DirectSettings)

    def of_target(self, target: CallTarget) -> "Workload":
        """Return the workload with those entries only whose calls go there."""
        return replace(self, entries=tuple(entry for entry in self.entries if entry.target == target))

    def called_directly(self) -> "Workload":
        """Return the workload with every entry called directly (`--direct`).

        An action that has a direct entry already is called by that one.
        """
        return replace(self, entries=(*self.of_target("direct").entries, *self._as("test", "direct")))

    def called_both_ways(self) -> "Workload":
        """Return the workload with an entry of each target for every action (`--both`).

        It is the action's own, or one made of the other.
        """
        return replace(
            self, entries=(*self.entries, *self._as("test", "direct"), *self._as("direct", "test"))
        )

    def _as(self, target: CallTarget, other: CallTarget) -> tuple[WorkloadEntry, ...]:
        return tuple(replace(entry, target=other) for entry in self.of_target(target).entries)


EVERYTHING: Final = Workload(entries=(WorkloadEntry(name="*"),))
"""What the sandbox is called with when there is no workload file."""
