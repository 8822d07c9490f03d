"""How fast each action is called. Rates stay fixed: latency depends on load, so levels are never mixed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from diag.errors import UsageError
from diag.workload.org_limits import OrgLimits

SMALLEST_RATE: Final = 0.5
"""Calls/s of an action when many share an org's small budget: rather than less, actions take turns."""

LARGEST_RATE: Final = 5.0
"""Calls/s of an action nobody gave a rate for, however high the org's limits are."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the workload says of one action's rate."""

    name: str
    rate: float | None
    weight: float


@dataclass(frozen=True, slots=True)
class Rates:
    """Calls/s per action, and the most at once (None: no limit)."""

    each: tuple[float, ...]
    total: float | None


def planned_rates(
    wanted: Sequence[Wanted],
    *,
    total: float | None,
    override: float | None,
    default: float | None,
    limits: OrgLimits | None,
    exceed_limits: bool,
    polled: bool = False,
) -> Rates:
    """Return the rate of each action, for one arrival stream.

    First that applies: `override` (--rate, for each action), the action's own rate, its share by weight of
    `total`, `default` (sandbox), its share of what the org's limits allow. With `limits` the sum stays
    below them (actions beyond wait for their turn) unless `exceed_limits`; a single action above them is
    a UsageError. `polled`: half of what the limits allow is left to polls, which are calls too.
    """
    if override is not None and not 0 < override < math.inf:
        raise UsageError(f"--rate is {override:g}.", hint="Use calls per second above 0, such as --rate 5.")
    share = 0.5 if polled else 1.0
    allowed = limits.calls_per_s * share if limits is not None and not exceed_limits else None
    weights = sum(one.weight for one in wanted if one.rate is None)
    each = []
    for one in wanted:
        if override is not None:
            rate = override
        elif one.rate is not None:
            rate = one.rate
        elif total is not None:
            rate = total * one.weight / weights
        elif default is not None:
            rate = default
        else:
            budget = limits.calls_per_s * share if limits is not None else SMALLEST_RATE
            rate = min(budget, LARGEST_RATE, max(SMALLEST_RATE, budget * one.weight / weights))
        if allowed is not None and rate > allowed * (1 + 1e-9):
            raise UsageError(
                f"{one.name}: {rate:g} calls/s is more than "
                + ("the half, without polls, of " if polled else "")
                + f"80 % of the token's limit ({allowed:g} calls/s).",
                hint="Lower the rate, or say so in the workload: exceed_limits = true",
            )
        each.append(rate)
    return Rates(tuple(each), allowed)
