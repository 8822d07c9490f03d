"""Facts about an action besides its samples."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analysis.format.json_to_dataclass import Amount, Count, WrongShapeError

HOURS_A_WEEK: Final = 168


@dataclass(frozen=True, slots=True)
class ProductionWeek:
    """`calls[24 * day + hour]` on the clock of `zone` (an IANA name); day 0 is Monday.

    Only shares of them count. From telemetry they are executions, and diag's own calls may be among them:
    `less_own` is the same less those, empty where diag made none. Which of the two is production's week is
    not known (docs/method.md, "The hours that matter"). Raises WrongShapeError for anything else.
    """

    zone: str
    calls: tuple[Amount, ...]
    known_from: Literal["telemetry", "stated"]
    less_own: tuple[Amount, ...] = ()

    def __post_init__(self) -> None:
        """Check what no single field shows."""
        for name, calls in (("calls", self.calls), ("less_own", self.less_own)):
            if (calls or name == "calls") and (len(calls) != HOURS_A_WEEK or not sum(calls) > 0):
                raise WrongShapeError(f"production_week.{name} is not 168 numbers of which one is above 0")
        if not is_zone(self.zone):
            raise WrongShapeError("production_week.zone is not a time zone")

    @property
    def possible(self) -> tuple[tuple[Amount, ...], ...]:
        """Return the weeks that may be production's, as many as there are."""
        return (self.calls, self.less_own) if self.less_own else (self.calls,)


def is_zone(name: str) -> bool:
    """Return whether this is an IANA name of a time zone that this machine knows."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def clock_of(zone: str | None) -> str:
    """Return the zone whose clock is read where this one was asked for: UTC where it is none."""
    return zone if zone and is_zone(zone) else "UTC"


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """Facts of one action, from the run's manifest or from `--actions actions.json`.

    `current_timeout_s` is the timeout in force (60 when unset, see `timeout_is_set`), None when unknown.
    `cap_s` overrides the cap of the settings; `production_peak_rate` is in calls/s.
    """

    action_id: str
    action_name: str | None = None
    current_timeout_s: Count | None = None
    """In force; 60 when unset."""
    timeout_is_set: bool | None = None
    """False: unset."""
    configurable: bool = True
    """Whether it has a timeout of its own that can be set."""
    not_configurable_reason: str | None = None
    cap_s: Count | None = None
    """Its own cap, instead of that of the settings."""
    production_peak_rate: Amount | None = None
    """Calls/s."""
    request_type: str | None = None
    """Of its HTTP request."""
    version: Count | None = None
    """The platform's, when it was read."""
    category: str | None = None
    integration_id: str | None = None
    production_week: ProductionWeek | None = None
    """When production calls it; None where that is not known."""
    production_read: bool | None = None
    """Whether the org said when production calls it; False: it was asked and did not answer; None: not asked.
    True without a week: production calls it too seldom to tell."""
    reachable_directly: bool | None = None
    """Whether its backend has an address that `diag measure --direct` may call; None: not known."""


def merge_facts(base: Mapping[str, ActionFacts], stated: Mapping[str, ActionFacts]) -> dict[str, ActionFacts]:
    """Return the facts of both by action id: `stated` wins; what it leaves out comes from `base`."""
    merged = dict(base)
    for action_id, facts in stated.items():
        below = base.get(action_id)
        if below is None:
            merged[action_id] = facts
            continue
        open_fields = [field.name for field in fields(facts) if getattr(facts, field.name) is None]
        merged[action_id] = replace(facts, **{name: getattr(below, name) for name in open_fields})
    return merged
