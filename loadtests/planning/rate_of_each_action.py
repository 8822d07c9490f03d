"""How fast each action is called. Rates stay fixed: latency depends on load, so levels are never mixed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from diag.choice.choose_actions import Candidate
from diag.errors import UsageError
from diag.workload.share_of_org_limits import OrgLimits
from diag.workload.tables.load_shape import MOST_RATE
from loadtests.planning.plan_request import PlanRequest
from loadtests.planning.run_options import DEFAULT_DIRECT_RATE, DEFAULT_SANDBOX_RATE

SMALLEST_RATE: Final = 0.5
"""Calls/s of an action when many share a small budget: below this, actions take turns instead."""

LARGEST_RATE: Final = 5.0
"""Calls/s of an action without a rate of its own, however high the org's limits are."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the workload asks for one action."""

    name: str
    rate: float | None
    """Calls/s; None: a share by `weight`."""
    weight: float


@dataclass(frozen=True, slots=True)
class RateBudget:
    """What an org's limits leave for calls. Without `limits` (the sandbox) nothing is limited."""

    limits: OrgLimits | None
    exceed_limits: bool = False
    """The workload accepts rates above what the limits leave."""
    polled: bool = False
    """Half is left to the polls of jobs, which are calls too."""

    @property
    def calls_per_s(self) -> float | None:
        """Return the calls/s the limits leave; None without limits."""
        if self.limits is None:
            return None
        return self.limits.calls_per_s * (0.5 if self.polled else 1.0)

    @property
    def most(self) -> float | None:
        """Return the most calls/s at once; None: no limit."""
        return None if self.exceed_limits else self.calls_per_s


@dataclass(frozen=True, slots=True)
class Rates:
    """Calls/s per action, and the most at once (None: no limit)."""

    each: tuple[float, ...]
    total: float | None


def rates_of_each_action(request: PlanRequest, candidates: Sequence[Candidate], limits: OrgLimits) -> Rates:
    """Return the rates of the actions of a run, and the most at once. Raises UsageError for one too fast."""
    workload, entries = request.workload, [candidate.entry for candidate in candidates]
    only_direct = all(candidate.direct is not None for candidate in candidates)
    default = DEFAULT_DIRECT_RATE if only_direct else None  # no limit of the org leaves a share
    budget = RateBudget(
        limits if request.as_org and not only_direct else None,
        exceed_limits=workload.exceed_limits,
        polled=any(entry.poll is not None for entry in entries),
    )
    rates = planned_rates(
        [Wanted(each.action.name, _own_rate(request, each), each.entry.weight) for each in candidates],
        budget,
        total=workload.rate,
        override=request.options.rate,
        default=default if request.as_org else DEFAULT_SANDBOX_RATE,
    )
    refuse_pairs_too_fast([(each.action.id, each.action.name) for each in candidates], rates)
    return rates


def takes_default_rate(request: PlanRequest, candidates: Sequence[Candidate]) -> bool:
    """Return whether direct calls go as fast as they do where nobody says how fast."""
    if not request.as_org or request.options.rate is not None or request.workload.rate is not None:
        return False
    return all(each.direct is not None for each in candidates) and any(
        each.entry.rate is None for each in candidates
    )


def _own_rate(request: PlanRequest, candidate: Candidate) -> float | None:
    turn = request.turns.get(candidate.action.id)
    return candidate.entry.rate if turn is None else turn.rate


def planned_rates(
    wanted: Sequence[Wanted],
    budget: RateBudget,
    *,
    total: float | None = None,
    override: float | None = None,
    default: float | None = None,
) -> Rates:
    """Return the rate of each action, for one arrival stream.

    First that applies: `override` (--rate, for each action), the action's own rate, its share by weight of
    `total`, `default` (sandbox), its share of the budget. The sum stays below the budget (actions beyond it
    wait for their turn); a single action above it is a UsageError.
    """
    if override is not None and not 0 < override <= MOST_RATE:
        hint = f"Use calls per second above 0 and up to {MOST_RATE:,.0f}, such as --rate 5."
        raise UsageError(f"--rate is {override:g}.", hint=hint)
    weights = sum(action.weight for action in wanted if action.rate is None)
    each = []
    for action in wanted:
        if override is not None:
            rate = override
        elif action.rate is not None:
            rate = action.rate
        elif total is not None:
            rate = total * action.weight / weights
        elif default is not None:
            rate = default
        else:
            rate = _share(budget, action.weight / weights)
        _refuse_too_fast(action.name, rate, budget)
        each.append(rate)
    return Rates(tuple(each), budget.most)


def refuse_pairs_too_fast(actions: Sequence[tuple[str, str]], rates: Rates) -> None:
    """Raise UsageError for an action whose calls and those straight to its backend find no room beside each
    other; `actions`: id and name of each, in the order of the rates."""
    together: dict[str, float] = {}
    for (action_id, name), rate in zip(actions, rates.each, strict=True):
        alone = action_id not in together
        together[action_id] = together.get(action_id, 0.0) + rate
        if not alone and rates.total is not None and together[action_id] > rates.total * (1 + 1e-9):
            raise UsageError(
                f"{name}: {together[action_id]:g} calls/s, through Genesys Cloud and to its backend, "
                f"is more than 80 % of the token's limit ({rates.total:g} calls/s), which binds both.",
                hint=f"Lower the rate of each, for example: --rate {rates.total / 2:.3g}",
            )


def _share(budget: RateBudget, share: float) -> float:
    left = budget.calls_per_s
    left = SMALLEST_RATE if left is None else left
    return min(left, LARGEST_RATE, max(SMALLEST_RATE, left * share))


def _refuse_too_fast(name: str, rate: float, budget: RateBudget) -> None:
    if budget.most is not None and rate > budget.most * (1 + 1e-9):
        raise UsageError(
            f"{name}: {rate:g} calls/s is more than "
            + ("half (the other half is for polls) of " if budget.polled else "")
            + f"80 % of the token's limit ({budget.most:g} calls/s).",
            hint="Lower the rate, or set exceed_limits = true in the workload.",
        )
