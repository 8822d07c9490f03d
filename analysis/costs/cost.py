"""What a timeout costs: calls cut off, callers waiting, executions held
(docs/method.md, "Cost of a timeout")."""

from dataclasses import dataclass

import numpy as np

from analysis.statistics.confidence_bounds import upper_share
from analysis.statistics.kaplan_meier import SurvivalTable


@dataclass(frozen=True, slots=True)
class Cost:
    """What one timeout costs. Shares are 0..1; None where the input is unknown."""

    cut_off_now: float | None
    """Share of calls slower than the current timeout."""
    cut_off_after: float | None
    """Share of calls slower than the new timeout."""
    cut_off_after_at_most: float | None
    """Upper bound of `cut_off_after`; known also where no call was observed up to the new timeout."""
    hung_backend_slots: float | None
    """Concurrent executions held while the backend does not answer."""
    concurrency_share: float | None
    """`hung_backend_slots` as a share of the org's concurrent executions."""
    safe_rate: float | None
    """Calls/s up to which those executions cannot be exhausted."""


def cost_of(
    table: SurvivalTable,
    current_timeout_s: int | None,
    timeout_s: int | None,
    rate: float | None,
    concurrency_limit: int | None,
    *,
    confidence: float,
    design_effect: float,
) -> Cost:
    """Return the cost of `timeout_s` at `rate` calls/s (Little's law: a backend that does not answer
    holds rate x timeout executions).

    The limit is the org's `actions.concurrent.executions.max`, shared by all actions.
    """
    held = rate * timeout_s if rate is not None and timeout_s is not None else None
    limit = concurrency_limit if concurrency_limit else None
    return Cost(
        cut_off_now=_share(table, current_timeout_s),
        cut_off_after=_share(table, timeout_s),
        cut_off_after_at_most=_share_at_most(table, timeout_s, confidence, design_effect),
        hung_backend_slots=held,
        concurrency_share=held / limit if held is not None and limit else None,
        safe_rate=limit / timeout_s if limit and timeout_s else None,
    )


def _share(table: SurvivalTable, timeout_s: int | None) -> float | None:
    """The share of calls slower than the timeout; None where no call was observed that long."""
    if timeout_s is None or not table.total or not table.knows_share_at(timeout_s * 1e3):
        return None
    return table.share_slower_than(timeout_s * 1e3)


def _share_at_most(
    table: SurvivalTable, timeout_s: int | None, confidence: float, design_effect: float
) -> float | None:
    index = -1 if timeout_s is None else int(np.searchsorted(table.t_ms, timeout_s * 1e3, side="right")) - 1
    if index < 0:
        return None
    n = table.n_eff[index : index + 1] / design_effect
    return float(upper_share(table.share[index : index + 1], n, confidence)[0])
