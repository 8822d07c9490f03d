"""Did the calls of a run become slower or faster while it went on, and where? (docs/method.md, "Stability")

For each of some levels (the median to p99 of the run) every call is slower or not. A step: the likelihood
ratio of "two shares, before and after a cut" against "one share", the largest over all cuts (Hawkins 1977;
James, James and Siegmund 1987). A drift: the square of a linear trend of that share. Either is divided by the
design effect of what is left once the step or the drift has been taken out, because a change left in inflates
the very variance it is compared with and hides itself (Crainiceanu and Vogelsang 2007). Blocks that still
resemble their neighbours then make it larger again (AR(1), as Andrews and Monahan 1992), so that a level that
merely wanders is seldom taken for a change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.long_arrays.growing import grown
from analysis.long_arrays.pieces import walk
from analysis.statistics.timed_calls import TimedCalls

Floats = NDArray[np.float64]

LEVELS: Final = (0.5, 0.75, 0.9, 0.97, 0.99)
DRIFT_LEVELS: Final = 4
"""The first of them: of the slowest 1 %, too few calls lie in a block to fit a line to."""
PROVEN: Final = 20.0
"""A ratio of so much is no chance. Ranks alone decide, so its distribution without a change does not depend
on the latencies: over all cuts and levels, 1 of 3,500 runs of 340 to 2,000 independent calls had more, and 3
of 500 runs of 5,000 (`tests/bench/analysis_changes.py` measures what is given and refused)."""
FEWEST_CALLS: Final = 20
"""On either side of a cut."""
CELLS: Final = 400
"""A cut lies between two of so many equal parts: a run of millions needs no more."""
FEWEST_LATE: Final = 8
"""Calls after a late step at least."""
LATE_PROVEN: Final = 12.0
"""Less than `PROVEN`: no early cut, step to faster calls or stretch as slow as one before it is a late step.
At 15 half as many again of those that matter were missed, at 10 twice as many found where nothing changed."""
LATE_LEVELS: Final = 4
"""The first of them: of the slowest 1 %, chance alone gathers some at the end."""
BLOCKS: Final = 40
FEWEST_BLOCKS: Final = 6
MOST_ALIKE: Final = 0.9
"""Correlation of neighbouring blocks up to which their variance can still be told from few of them."""

ChangeKind = Literal["step", "drift"]


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """`first_after`: position of the first call after a step; of a drift, the middle of the run."""

    kind: ChangeKind
    first_after: int
    slower_after: bool
    strength: float
    """Likelihood ratio (or squared trend) over the design effect of what is left; above `PROVEN`."""
    left_over: float
    """That design effect: 1 where both parts are independent calls, large where the level wanders on."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """Slow and known calls in each of equal parts of the run."""

    slow: Floats
    calls: Floats


def find_change_point(calls: TimedCalls, levels_ms: Sequence[float | None]) -> ChangePoint | None:
    """Return the best proven change of one run's calls, in order of start; None where none is proven.

    `levels_ms`: the quantiles `LEVELS` of these calls, None where they are hidden.
    """
    n = calls.latency_ms.size
    if n < 2 * FEWEST_CALLS:
        return None
    starts = np.arange(min(CELLS, n // 4)) * n // min(CELLS, n // 4)
    found = []
    for index, level_ms in enumerate(levels_ms):
        if level_ms is None:
            continue
        cells = _cells(calls, level_ms, starts)
        found.append(_step(cells, starts, FEWEST_CALLS, FEWEST_CALLS))
        if index < DRIFT_LEVELS:
            found.append(_drift(cells, n))
    proven = [one for one in found if one is not None and one.strength > PROVEN]
    return max(proven, key=lambda one: one.strength, default=None)


@dataclass(frozen=True, slots=True)
class LateStep:
    """A step to slower calls that lasts to the end. `level_ms`: what the share of slower calls rose at most
    at; `share_after` (0..1): of the calls after it that are slower."""

    first_after: int
    level_ms: float
    share_after: float
    strength: float


def find_late_step(calls: TimedCalls, levels_ms: Sequence[float | None]) -> LateStep | None:
    """Return the best proven step in the second half of calls, in order of start, to slower ones than any
    stretch of as many calls before it held; None where none is proven. Arguments as of `find_change_point`.

    The end of a wandering level or of a daily rhythm is slower than what lies before it, too; but then an
    earlier stretch was as slow, and the number has seen it.
    """
    n = calls.latency_ms.size
    if n < 2 * FEWEST_CALLS:
        return None
    starts = np.arange(min(CELLS, n // 2)) * n // min(CELLS, n // 2)
    found = []
    for level_ms in levels_ms[:LATE_LEVELS]:
        if level_ms is None:
            continue
        cells = _cells(calls, level_ms, starts)
        step = _step(cells, starts, n / 2, FEWEST_LATE)
        if step is None or step.strength <= LATE_PROVEN or not step.slower_after:
            continue
        slow = grown(np.bool_, (slower & known for _, slower, known in calls.slower_than(level_ms)))
        known_after = int(cells.calls[starts >= step.first_after].sum())
        share = float(slow[step.first_after :].sum()) / max(known_after, 1.0)
        after = n - step.first_after
        if most_within(slow[: step.first_after], after) < share * after:
            found.append(LateStep(step.first_after, level_ms, share, step.strength))
    return max(found, key=lambda one: one.strength, default=None)


def _cells(calls: TimedCalls, level_ms: float, starts: NDArray[np.int64]) -> _Cells:
    slow, made = np.zeros(starts.size, dtype=np.int64), np.zeros(starts.size, dtype=np.int64)
    before = 0
    for _, slower, known in calls.slower_than(level_ms):
        first = int(np.searchsorted(starts, before, side="right")) - 1
        inside = starts[(starts > before) & (starts < before + known.size)] - before
        cells = slice(first, first + 1 + inside.size)
        begins = np.concatenate([[0], inside])
        slow[cells] += np.add.reduceat(slower & known, begins, dtype=np.int64)
        made[cells] += np.add.reduceat(known, begins, dtype=np.int64)
        before += known.size
    return _Cells(slow.astype(np.float64), made.astype(np.float64))


def most_within(slow: NDArray[np.bool_], width: int) -> int:
    """The most slow calls in so many successive ones; 0 where there are fewer."""
    if slow.size < width:
        return 0
    most = inside = int(slow[:width].sum())
    for left, entered in walk(slow[: slow.size - width], slow[width:]):
        within = inside + np.cumsum(entered.astype(np.int64) - left)
        most = max(most, int(within.max(initial=0)))
        inside = int(within[-1]) if within.size else inside
    return most


def _step(
    cells: _Cells, starts: NDArray[np.int64], fewest_before: float, fewest_after: float
) -> ChangePoint | None:
    slow, calls = cells.slow.cumsum(), cells.calls.cumsum()
    if not 0 < slow[-1] < calls[-1]:
        return None
    before, n_before = slow[:-1], calls[:-1]
    after, n_after = slow[-1] - before, calls[-1] - n_before
    allowed = (n_before >= fewest_before) & (n_after >= fewest_after)
    if not allowed.any():
        return None
    one = _log_likelihood(slow[-1:], calls[-1:])
    ratio = 2.0 * (_log_likelihood(before, n_before) + _log_likelihood(after, n_after) - one)
    cut = int(np.where(allowed, ratio, -np.inf).argmax()) + 1
    shares = before[cut - 1] / n_before[cut - 1], after[cut - 1] / n_after[cut - 1]
    expected = np.repeat(shares, [cut, starts.size - cut])
    effect = _left_over(cells, expected, (0, cut, starts.size))
    return ChangePoint(
        "step", int(starts[cut]), shares[1] > shares[0], float(ratio[cut - 1]) / effect, effect
    )


def _log_likelihood(slow: Floats, calls: Floats) -> Floats:
    share = slow / np.maximum(calls, 1.0)
    return np.asarray(special.xlogy(slow, share) + special.xlog1py(calls - slow, -share))


def _drift(cells: _Cells, n: int) -> ChangePoint | None:
    total, slow = float(cells.calls.sum()), float(cells.slow.sum())
    if not 0 < slow < total:
        return None
    share = slow / total
    at = np.arange(cells.calls.size) - float((np.arange(cells.calls.size) * cells.calls).sum()) / total
    width = float((cells.calls * at**2).sum())
    trend = float(((cells.slow - share * cells.calls) * at).sum())
    expected = np.clip(share + trend / width * at, 1.0 / total, 1.0 - 1.0 / total)
    effect = _left_over(cells, expected, (0, cells.calls.size))
    return ChangePoint(
        "drift", n // 2, trend > 0, trend**2 / (width * share * (1.0 - share)) / effect, effect
    )


def _left_over(cells: _Cells, expected: Floats, parts: tuple[int, ...]) -> float:
    """Design effect (at least 1) of slow calls beyond those expected, in blocks that cross no cut."""
    first, neighbours = _blocks(cells.calls.size / BLOCKS, parts)
    if len(first) < FEWEST_BLOCKS:
        return 1.0
    excess = np.add.reduceat(cells.slow - expected * cells.calls, first)
    by_chance = float((cells.calls * expected * (1.0 - expected)).sum())
    spread = float((excess**2).sum())
    if spread <= 0.0 or by_chance <= 0.0:
        return 1.0
    effect = spread / by_chance * len(first) / (len(first) - 2)
    together = float((excess[1:] * excess[:-1])[neighbours].sum()) / max(int(neighbours.sum()), 1)
    # Taking the change out makes neighbours look less alike, by about 2 / blocks.
    alike = min(together / (spread / len(first)) + 2.0 / len(first), MOST_ALIKE)
    return max(effect, 1.0) * max((1.0 + alike) / (1.0 - alike), 1.0)


@lru_cache(maxsize=512)
def _blocks(per_block: float, parts: tuple[int, ...]) -> tuple[list[int], NDArray[np.bool_]]:
    """The first cell of each block, and which of them lie in one part with the next; every level asks."""
    first: list[int] = []
    part: list[int] = []
    for index, (begin, end) in enumerate(pairwise(parts)):
        blocks = max(1, round((end - begin) / per_block))
        first += [begin + number * (end - begin) // blocks for number in range(blocks)]
        part += [index] * blocks
    return first, np.diff(part) == 0
