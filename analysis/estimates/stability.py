"""Do the parts of the measurement agree? False alarms: under 1 % (docs/method.md, "Stability")."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from analysis.estimates.estimate import Estimate, counts_of, estimate, timed_calls
from analysis.format.json_to_dataclass import UnixSeconds
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import Calls
from analysis.statistics.change_point import LEVELS, ChangeKind, ChangePoint, find_change_point
from analysis.statistics.kaplan_meier import kaplan_meier
from analysis.statistics.latency_counts import ROUNDING_SLACK_MS
from analysis.timeout_rule import buffer_ms, slack_s

Between = Literal["a change", "runs", "days"]

MIN_CALLS: Final = 200
"""Of a run that is searched for a change: with fewer, there is hardly ever a number to doubt."""
MIN_RUN_CALLS: Final = 500
LONG_RUN_S: Final = 12 * 3600.0
"""A run over half a day sees the daily rhythm: its parts differ by nature."""
MIN_CALLS_TO_RANK: Final = 100
"""With as many on both sides, their p99 tell which side is slower; else the share that changed most."""
WANDERS: Final = 3.0
"""With a larger design effect beside the change, the level wanders: a change like this will come again."""
MOST_STEPS: Final = 4
"""So many changes, one after the other, are followed in a run."""
STARVED_RATIO: Final = 3.0
MIN_STARVED_CALLS: Final = 10


@dataclass(frozen=True, slots=True)
class LevelChange:
    """Where a run became slower or faster; a drift is given by its first and its last third."""

    kind: ChangeKind
    at: UnixSeconds
    """Start of the first call of the later part, Unix seconds."""
    after_s: float
    """The same, since the first call of the run that counts."""
    before_ms: int | None
    """The quantile the settings ask for, in the part before; None where it is hidden."""
    after_ms: int | None
    calls_before: int
    calls_after: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two parts that cannot have the same p99; `slower` is the one the timeout must cover."""

    faster: Estimate
    slower: Estimate
    between: Between
    """What was compared: the parts before and after "a change" in a run, "runs", or "days" of production."""
    change: LevelChange | None = None
    wanders: bool = False
    """The level wanders anyway (stationary, as far as can be told): covering the slower part is enough."""
    lasts: bool = False
    """A change in a measurement spread over hours, which lasts to its end."""


def find_disagreement(calls: Calls, settings: RecommendSettings) -> Disagreement | None:
    """Return the widest proven difference within a run or between runs, or None."""
    runs = calls.runs(MIN_CALLS)  # no window of a campaign
    long_enough = [run for run in runs if len(run) >= MIN_RUN_CALLS]
    found: list[Disagreement | None] = []
    if len(long_enough) > 1:
        found.append(disagreement_between([estimate(run, settings) for run in long_enough], settings, "runs"))
    found += [find_change(run, settings) for run in runs]
    real = [disagreement for disagreement in found if disagreement is not None]
    return max(real, key=lambda one: one.slower.lower_ms or 0, default=None)


def find_change(run: Calls, settings: RecommendSettings) -> Disagreement | None:
    """Return the parts of one run before and after a change that moves the timeout, or None.

    Of several changes one after the other, the slower side of each is searched for the next
    (binary segmentation, Vostrikova 1981), so `slower` holds calls of one distribution.
    """
    if len(run) < MIN_CALLS or run.started_at[-1] - run.started_at[0] >= LONG_RUN_S:
        return None
    found = None
    part = run
    for _ in range(MOST_STEPS):
        point = _change_point(part, settings)
        if point is None:
            break
        sides = _sides(part, point)
        before, after = (estimate(side, settings) for side in sides)
        later_is_slower = _later_is_slower(before, after, point)
        slower, faster = (after, before) if later_is_slower else (before, after)
        wanders = point.left_over > WANDERS
        if wanders and slower.timeout_s is None:
            break
        if found is None:
            if not _moves_the_timeout(faster, slower, settings):
                return None
            change = level_change(point.kind, run, sides, before, after)
            found = Disagreement(faster, slower, "a change", change, wanders)
        elif _need_ms(slower, settings) > _need_ms(found.slower, settings):
            found = replace(found, slower=slower, wanders=wanders)
        part = sides[1] if later_is_slower else sides[0]
    return found


def _change_point(run: Calls, settings: RecommendSettings) -> ChangePoint | None:
    table = kaplan_meier(counts_of(run))
    levels = [table.quantile_ms(level) for level in LEVELS]
    seen = watched(run, levels)
    return find_change_point(timed_calls(seen), levels)


def watched(run: Calls, levels_ms: Sequence[float | None]) -> Calls:
    """Return the calls that began early enough to be watched up to the slowest of these levels.

    Of a run that was killed, the last calls are here only if they were quick, which would look like a change.
    """
    last_end = max(float((piece.started_at + piece.latency_ms / 1e3).max()) for piece in run.pieces())
    slowest = max((level for level in levels_ms if level is not None), default=0)
    return run.select(lambda piece: (last_end - piece.started_at) * 1e3 >= slowest)


def _sides(run: Calls, point: ChangePoint) -> tuple[Calls, Calls]:
    """The calls before and after a step, or the first and the last third of a drift."""
    n = len(run)
    if point.kind == "drift":
        return run.stretch(0, n // 3), run.stretch(n - n // 3, n)
    return run.stretch(0, point.first_after), run.stretch(point.first_after, n)


def level_change(
    kind: ChangeKind, run: Calls, sides: tuple[Calls, Calls], before: Estimate, after: Estimate
) -> LevelChange:
    """Return where a run changed, from its calls before and after and their estimates."""
    at = float(sides[1].started_at[0])
    since = at - float(run.started_at[0])
    return LevelChange(kind, at, since, before.quantile_ms, after.quantile_ms, before.samples, after.samples)


def _later_is_slower(before: Estimate, after: Estimate, point: ChangePoint) -> bool:
    if min(before.samples, after.samples) < MIN_CALLS_TO_RANK:
        return point.slower_after
    if before.quantile_ms is None or after.quantile_ms is None:
        # The part whose quantile is hidden is the slower one.
        hidden = before.quantile_ms is None, after.quantile_ms is None
        return point.slower_after if all(hidden) else hidden[1]
    return after.quantile_ms > before.quantile_ms


def _moves_the_timeout(faster: Estimate, slower: Estimate, settings: RecommendSettings) -> bool:
    """Return whether p99 + buffer differ by more than the hysteresis: a smaller difference moves nothing."""
    a, b = _need_ms(faster, settings), _need_ms(slower, settings)
    return b - a >= slack_s(a / 1e3, settings) * 1e3


def _need_ms(part: Estimate, settings: RecommendSettings) -> float:
    seen = part.quantile_ms if part.quantile_ms is not None else part.lower_ms or 0
    return seen + buffer_ms(seen, settings)


def starved_workers(calls: Calls, level_ms: float) -> int:
    """Return how many load generators have over three times their share of the calls slower than p99."""
    workers = 1 + max(int(piece.worker.max(initial=0)) for piece in calls.pieces())
    made, slow_calls = np.zeros(workers, dtype=np.int64), np.zeros(workers, dtype=np.int64)
    for piece in calls.pieces():
        slow = piece.latency_ms > level_ms + ROUNDING_SLACK_MS
        made += np.bincount(piece.worker, minlength=workers)
        slow_calls += np.bincount(piece.worker[slow], minlength=workers)
    total = int(slow_calls.sum())
    if total < MIN_STARVED_CALLS:
        return 0
    share = made / len(calls)
    suspicious = (slow_calls >= MIN_STARVED_CALLS) & (slow_calls / total > STARVED_RATIO * share)
    return int(suspicious.sum())


def disagreement_between(
    estimates: list[Estimate], settings: RecommendSettings, between: Between
) -> Disagreement | None:
    """Compare the part proven slowest with the part proven fastest: they differ if any two do."""
    if len(estimates) < 2:
        return None
    slower = max(estimates, key=lambda one: one.lower_ms or 0)
    faster = min(estimates, key=lambda one: one.upper_ms or float("inf"))
    if faster.upper_ms is None or slower.lower_ms is None or faster.upper_ms >= slower.lower_ms:
        return None
    if faster.quantile_ms is None or not _moves_the_timeout(faster, slower, settings):
        return None
    return Disagreement(faster, slower, between)
