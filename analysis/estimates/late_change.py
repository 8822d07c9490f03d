"""Did a measurement that was spread over hours become slower before it ended, and stay so?
(docs/method.md, "Stability")

A run of half a day, or a campaign of short windows, sees the rhythm of a day: its parts differ by nature, and
the number of all calls has seen them. But a backend that became slower in the last tenth of the time and
stays so is in a tenth of the calls only, and in all of those to come.
"""

import numpy as np
from scipy import special

from analysis.estimates.estimate import Estimate, counts_of, estimate, timed_calls
from analysis.estimates.stability import (
    LONG_RUN_S,
    MIN_CALLS,
    Disagreement,
    level_change,
    watched,
)
from analysis.long_arrays.order import is_sorted, order_of
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import Calls
from analysis.statistics.change_point import LEVELS, LateStep, find_late_step
from analysis.statistics.kaplan_meier import kaplan_meier


def find_late_change(calls: Calls, number_s: int, settings: RecommendSettings) -> Disagreement | None:
    """Return the calls before and after a step that lasts to the end of the measurement, where the number
    that is to be kept (`number_s`) would not hold for those to come; else None."""
    for spread in _spread(calls):
        table = kaplan_meier(counts_of(spread))
        levels = [table.quantile_ms(level) for level in LEVELS]
        seen = watched(spread, levels)
        step = find_late_step(timed_calls(seen), levels)
        if step is None:
            continue
        sides = _sides(spread, float(seen.started_at[step.first_after]))
        before, after = (estimate(side, settings) for side in sides)
        needed_ms = max(_expected_ms(before, after, step, settings), after.quantile_ms or np.inf)
        if number_s * 1e3 < needed_ms:
            change = level_change("step", spread, sides, before, after)
            return Disagreement(before, after, "a change", change, lasts=True)
    return None


def _spread(calls: Calls) -> list[Calls]:
    """The calls that were spread over hours: those of all short runs together, and of each long one; in order
    of start."""
    long = calls.runs(MIN_CALLS)
    short = calls.stretch(0, 0)
    if sum(len(run) for run in long) < len(calls):
        of_long = [int(run.run[0]) for run in long]
        short = calls.select(lambda piece: ~np.isin(piece.run, of_long))  # a campaign has hundreds of them
    found = [short] + [run for run in long if run.started_at[-1] - run.started_at[0] >= LONG_RUN_S]
    return [_by_start(part) for part in found if len(part) >= MIN_CALLS]


def _by_start(calls: Calls) -> Calls:
    return calls if is_sorted(calls.started_at) else calls.where(order_of(calls.started_at))


def _sides(calls: Calls, at: float) -> tuple[Calls, Calls]:
    """The calls that began before a moment (Unix seconds), and the others."""
    return calls.select(lambda piece: piece.started_at < at), calls.select(
        lambda piece: piece.started_at >= at
    )


def _expected_ms(before: Estimate, after: Estimate, step: LateStep, settings: RecommendSettings) -> float:
    """The quantile after the step, if all calls became slower alike: too few came after it to show their own.

    So many times slower as makes the share of slower calls what it is after the step, at most (95 %, Clopper
    and Pearson 1934): of those slower than the level it was found at, or than their median, if most are."""
    level_ms, share = step.level_ms, step.share_after
    if share > 0.5:
        level_ms, share = (float("inf") if after.p50_ms is None else after.p50_ms), 0.5
    slower = share * after.samples
    at_most = float(special.betaincinv(slower + 1.0, after.samples - slower, settings.confidence))
    same, quantile_ms = before.table.quantile_ms(1.0 - at_most), before.quantile_ms
    if same is None or quantile_ms is None:
        return float("inf")
    return level_ms / max(same, 1) * quantile_ms
