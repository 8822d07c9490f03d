"""Tables small enough to draw, per action: distribution, survival, timeline, errors.

The charts show every recorded call (all levels, warm-up included), because that is what happened, except the
survival curve: it is the one the verdict rests on, because timeouts are read off it. Curves are thinned to a
fixed number of points.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimates.service_time import on_the_right_clock
from analysis.format.call_record import OUTCOME_CODES
from analysis.format.sample_schema import Outcome
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S
from analysis.long_arrays.by_code import count_codes, positions_by_code
from analysis.long_arrays.growing import grown
from analysis.long_arrays.pieces import extremes
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import ActionCalls, Calls
from analysis.samples.calls_of_each_action import by_action
from analysis.samples.sample_set import SampleSet
from analysis.statistics.kaplan_meier import SurvivalTable
from analysis.statistics.latency_counts import MAX_MS
from analysis.statistics.survival_band import curve_with_band
from analysis.statistics.survival_curve import SurvivalCurve
from analysis.views.breakdowns import cold_start, knee, load_bins, payload_groups, survival_of
from analysis.views.error_groups import error_groups
from analysis.views.summary import MIN_FOR_P99, ActionSummary, ErrorGroup, Histogram, Series, TimeBin

MAX_BINS: Final = 60
MAX_CURVE_POINTS: Final = 240
MAX_TIME_BINS: Final = 120
MIN_CALLS_FOR_P50: Final = 3
SHOWN_FROM_MS: Final = 0.1
"""A log axis has no 0."""


def summarise(
    samples: SampleSet,
    settings: RecommendSettings | None = None,
    waiting: Mapping[str, SurvivalTable] | None = None,
) -> dict[str, ActionSummary]:
    """Return a summary per action id; the number of points does not grow with the number of calls.

    Direct calls are summarised where an action has no other ones.

    `waiting`: `Analysis.waiting`, so that the curve is the one the verdict's shares are read from; without
    it, the curve is that of every call.

    Error groups need the columns of `read_samples(..., detail=True)`; without them they carry counts only.
    """
    settings = settings or RecommendSettings()
    facts = samples.facts()
    found: dict[str, ActionSummary] = {}
    for _, table in samples.sides():
        errors = error_groups(table)
        for action in by_action(table):
            if action.action_id in found:
                continue
            known = facts.get(action.action_id)
            name = (known.action_name if known else None) or action.action_name
            failed = errors.get(action.action_id, ())
            curve = (waiting or {}).get(action.action_id)
            found[action.action_id] = _summary(action, name, failed, table, curve, settings)
    return found


def _summary(
    action: ActionCalls,
    name: str,
    errors: tuple[ErrorGroup, ...],
    table: pd.DataFrame,
    waiting: SurvivalTable | None,
    settings: RecommendSettings,
) -> ActionSummary:
    calls = on_the_right_clock(action.calls).calls
    at_most = (np.minimum(piece.latency_ms, MAX_MS) for piece in calls.pieces())
    calls = replace(calls, latency_ms=grown(np.float64, at_most))
    load = load_bins(calls, table)
    return ActionSummary(
        action_id=action.action_id,
        action_name=name,
        calls=len(calls),
        outcomes={outcome.value: count for outcome, count in calls.outcomes().items()},
        histogram=_histogram(calls),
        survival=_curve(survival_of(calls) if waiting is None else waiting, settings),
        timeline=_timeline(calls),
        started_at=extremes(calls.started_at)[0] if len(calls) else None,
        errors=errors,
        load=load,
        knee_in_flight=knee(load),
        payloads=payload_groups(calls, table),
        cold_start=cold_start(calls),
        series=_series(calls, settings),
    )


def _histogram(calls: Calls) -> Histogram | None:
    """Calls that ran, on a log axis from just below the fastest to just above the slowest."""
    ran = calls.ran()
    if not len(ran):
        return None
    least, most = extremes(ran.latency_ms)
    low, high = max(least, SHOWN_FROM_MS) * 0.999, max(most, SHOWN_FROM_MS) * 1.001
    decades = max(np.log10(high / low), 0.05)
    bins = int(np.clip(np.ceil(decades * 25), 8, MAX_BINS))
    edges = np.geomspace(low, high, bins + 1)
    timeouts = [OUTCOME_CODES[Outcome.TIMEOUT], OUTCOME_CODES[Outcome.CLIENT_TIMEOUT]]
    per_bin = np.zeros((3, bins), dtype=np.int64)
    for piece in ran.pieces():
        ok, timeout = piece.outcome == OUTCOME_CODES[Outcome.OK], np.isin(piece.outcome, timeouts)
        latency = np.maximum(piece.latency_ms, SHOWN_FROM_MS)
        for row, mask in enumerate((ok, timeout, ~ok & ~timeout)):
            per_bin[row] += np.histogram(latency[mask], edges)[0]
    return Histogram(tuple(edges.tolist()), *(tuple(row) for row in per_bin.tolist()))


def _curve(table: SurvivalTable, settings: RecommendSettings) -> SurvivalCurve | None:
    return curve_with_band(table, settings.confidence, points=_thin(table))


def _series(calls: Calls, settings: RecommendSettings) -> tuple[Series, ...]:
    """Published calls and draft probes apart; empty where there was only one of them."""
    published, draft = calls.select(lambda piece: ~piece.draft), calls.select(lambda piece: piece.draft)
    if not len(published) or not len(draft):
        return ()
    found = []
    name: Literal["published", "draft"]
    for name, part in (("published", published), ("draft", draft)):
        curve = _curve(survival_of(part), settings)
        if curve is not None:
            found.append(Series(name, len(part), curve))
    return tuple(found)


def _thin(table: SurvivalTable) -> NDArray[np.int64]:
    """Positions to keep: evenly spread over the log of the share, so that the tail keeps its points.

    Also the last before each whole second, so that the share a timeout cuts off can be read off exactly.
    """
    share = table.share
    if share.size <= MAX_CURVE_POINTS:
        return np.arange(share.size)
    depth = -np.log10(np.maximum(share, share[share > 0].min() / 2))
    wanted = np.linspace(depth[0], depth[-1], MAX_CURVE_POINTS - 2)
    picked = np.minimum(np.searchsorted(depth, wanted), share.size - 1)
    whole = np.searchsorted(table.t_ms, np.arange(1, PLATFORM_MAX_TIMEOUT_S + 1) * 1000, side="right") - 1
    return np.unique(np.r_[0, picked, whole[whole >= 0], share.size - 1])


def _timeline(calls: Calls) -> tuple[TimeBin, ...]:
    """Equal slices of the time in which calls were made; empty slices are left out."""
    if not len(calls):
        return ()
    first, last = extremes(calls.started_at)
    span = last - first
    width = _nice_width(span / MAX_TIME_BINS)

    def slice_of(at: slice | NDArray[np.int64]) -> NDArray[np.int64]:
        return np.asarray(((calls.started_at[at] - first) // width).astype(np.int64))

    counts = count_codes(slice_of, len(calls), int(span // width) + 1)
    used = np.flatnonzero(counts).tolist()
    return tuple(
        _time_bin(calls.where(positions), float(index) * width, width)
        for index, positions in positions_by_code(slice_of, counts, used)
    )


def _time_bin(calls: Calls, start_s: float, width_s: float) -> TimeBin:
    ran = calls.ran()
    table = survival_of(ran) if len(ran) >= MIN_CALLS_FOR_P50 else None  # of fewer, neither is shown
    ok = calls.count(Outcome.OK)
    timeouts = calls.count(Outcome.TIMEOUT, Outcome.CLIENT_TIMEOUT)
    return TimeBin(
        start_s=start_s,
        width_s=width_s,
        calls=len(calls),
        ok=ok,
        timeouts=timeouts,
        errors=len(calls) - ok - timeouts,
        p50_ms=table.quantile_ms(0.5) if table is not None else None,
        p99_ms=table.quantile_ms(0.99) if table is not None and len(ran) >= MIN_FOR_P99 else None,
        max_ms=extremes(ran.latency_ms)[1] if len(ran) else None,
        schedule_lag_ms=_longest_lag_ms(calls),
    )


def _longest_lag_ms(calls: Calls) -> float | None:
    planned = (piece.lag_s[~np.isnan(piece.lag_s)] for piece in calls.pieces())
    return max((float(lag.max()) * 1e3 for lag in planned if lag.size), default=None)


def _nice_width(seconds: float) -> float:
    """The next of 1, 2, 5, 10, 15, 30 s, 1, 2, 5, 10, 15, 30 min, 1 h ... at or above `seconds`."""
    steps = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0)
    return next((step for step in steps if step >= seconds), float(np.ceil(seconds / 3600.0) * 3600.0))
