"""Slow calls come in bursts: how many independent calls is a run worth?

Batch means of "slower than p99" over contiguous blocks (Kish 1965; ratio-estimator form for unequal
blocks), used only where a dispersion test rejects independence at 10 %: without the pre-test 28 % of
small independent samples would be refused for nothing (docs/method.md, "Design effect").
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.long_arrays.pieces import run_lengths
from analysis.statistics.timed_calls import TimedCalls

PRETEST_LEVEL: Final = 0.10
FEW_SLOW_CALLS: Final = 20
CHANCE_DRAWS: Final = 2000
MIN_BLOCKS: Final = 20
MAX_BLOCKS: Final = 60


def block_starts(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the position of the first call of each block: contiguous, nearly equal, never across runs.

    `lengths`: how many calls each run has, which are in order of start within it (all workers together). The
    block length is n / clip(sqrt n, 20, 60), at most the median run length.
    """
    n = int(lengths.sum())
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    wanted = min(n / np.clip(np.sqrt(n), MIN_BLOCKS, MAX_BLOCKS), float(np.median(lengths)))
    blocks = np.maximum(1, np.floor(lengths / max(1.0, wanted)).astype(np.int64))
    first = np.repeat(np.cumsum(lengths) - lengths, blocks)
    number = np.arange(first.size) - np.repeat(np.cumsum(blocks) - blocks, blocks)
    return np.asarray(first - (-number * np.repeat(lengths, blocks) // np.repeat(blocks, blocks)))


def design_effect(slow: NDArray[np.float64], calls: NDArray[np.float64]) -> float:
    """Return D >= 1 from the number of slow calls and of calls per block; n / D is the effective size.

    1.0 where fewer than two blocks, no slow call or only slow calls leave nothing to judge.
    """
    d = _spread(slow, calls)
    if d is None:
        return 1.0
    return max(1.0, d) if _by_chance(d, slow, calls) <= PRETEST_LEVEL else 1.0


def _spread(slow: NDArray[np.float64], calls: NDArray[np.float64]) -> float | None:
    """How unevenly slow calls fall into blocks, 1 by chance; None where there is nothing to judge."""
    blocks = calls.size
    n = float(calls.sum())
    if blocks < 2 or n <= 0:
        return None
    share = float(slow.sum()) / n
    if share <= 0.0 or share >= 1.0:
        return None
    spread = float(((slow - share * calls) ** 2).sum())
    return blocks / (blocks - 1) * spread / (n * share * (1.0 - share))


def _by_chance(d: float, slow: NDArray[np.float64], calls: NDArray[np.float64]) -> float:
    """How often independent calls fall as unevenly as that."""
    blocks, k = calls.size, round(float(slow.sum()))
    if k >= FEW_SLOW_CALLS:
        return float(special.chdtrc(blocks - 1, d * (blocks - 1)))  # chi-square beyond, without scipy.stats
    # With 3 slow calls in 20 blocks, two in one block already pass the chi-square limit although chance
    # does that in 14 of 100 samples: ask chance itself. The fixed seed and order keep equal data equal.
    order = np.lexsort((slow, calls))
    slow, calls = slow[order], calls[order]
    spread = ((slow - k * calls / calls.sum()) ** 2).sum()
    as_extreme = _spreads_by_chance(k, tuple(calls.tolist())) >= spread - 1e-9
    return float(as_extreme.mean())


@lru_cache(maxsize=64)
def _spreads_by_chance(k: int, calls: tuple[float, ...]) -> NDArray[np.float64]:
    """How unevenly `k` slow calls fall into blocks of these sizes by chance; each look at a run asks."""
    blocks, share = len(calls), np.asarray(calls) / sum(calls)
    draws = np.random.default_rng(k).choice(blocks, size=(CHANCE_DRAWS, k), p=share)
    cells = (draws + blocks * np.arange(CHANCE_DRAWS)[:, None]).ravel()
    counts = np.bincount(cells, minlength=CHANCE_DRAWS * blocks).reshape(CHANCE_DRAWS, blocks)
    spreads: NDArray[np.float64] = ((counts - k * share) ** 2).sum(axis=1)
    return spreads


def clustering_at(level_ms: float, calls: TimedCalls) -> float:
    """Return the design effect of "slower than `level_ms`" over the calls of one load level."""
    return design_effect(*_in_blocks(level_ms, calls))


def bursts_by_chance(level_ms: float, calls: TimedCalls) -> float:
    """Return how often (0..1) independent calls come in bursts as strong as those "slower than `level_ms`".

    1 where there is nothing to judge.
    """
    slow, made = _in_blocks(level_ms, calls)
    d = _spread(slow, made)
    return 1.0 if d is None else _by_chance(d, slow, made)


def _in_blocks(level_ms: float, calls: TimedCalls) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How many calls of each block were slower, and how many there are."""
    lengths = run_lengths(part.run[known] for part, _, known in calls.slower_than(level_ms))
    starts, before = block_starts(lengths), 0
    slow = np.zeros(starts.size, dtype=np.int64)
    for _, slower, known in calls.slower_than(level_ms):
        positions = before + np.flatnonzero(slower[known])
        slow += np.bincount(np.searchsorted(starts, positions, side="right") - 1, minlength=slow.size)
        before += int(known.sum())
    return slow.astype(np.float64), np.diff(np.concatenate([starts, [before]])).astype(np.float64)
