"""Latency depends on load, so load levels are never pooled (docs/method.md, "Load levels")."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.estimates.arrival_gaps import CHANCE, FEWEST_GAPS, Gaps, gaps_of
from analysis.format.sample_schema import Outcome
from analysis.long_arrays.growing import grown
from analysis.long_arrays.quantile import median
from analysis.number_words import percent_figure
from analysis.samples.action_calls import NO_CALLS, Calls
from analysis.samples.outcomes_that_count import Kind

RATE_LIMITED_SHARE: Final = 0.05
BACKEND_ERROR_SHARE: Final = 0.20
MIN_REFUSALS: Final = 5
"""Two refusals in ten calls do not prove saturation."""
SAME_LEVEL_RATIO: Final = 1.15
"""Rates this close are one level: two runs planned alike never offer quite the same rate."""


@dataclass(frozen=True, slots=True)
class Level:
    """The calls offered at one arrival rate; `rate` in calls/s is None where it was not recorded."""

    rate: float | None
    calls: Calls
    saturated_because: str | None = None
    missed_rate: float | None = None
    """What the rows state, where fewer calls arrived than that: then `rate` is what arrived."""


@dataclass(frozen=True, slots=True)
class Levels:
    """`main` first, then the guards that may only raise the number; saturated ones are only reported."""

    usable: tuple[Level, ...]
    saturated: tuple[Level, ...]
    peak_covered: bool
    """False when production peaks above every usable level tested."""


def split_levels(calls: Calls, peak_rate: float | None) -> Levels:
    """Return the load levels of all attempts (refused ones included), the one to judge by first.

    With a known production peak: the lowest usable level at or above it, guarded by all lower ones.
    Without: the highest usable level, guarded by the rest.
    """
    levels = [_judge(level) for level in _by_rate(with_known_rates(calls))]
    levels.sort(key=lambda level: level.rate or 0.0)  # one that was not reached has moved down
    usable = [level for level in levels if level.saturated_because is None]
    saturated = tuple(level for level in levels if level.saturated_because is not None)
    if peak_rate is None:
        return Levels(tuple(reversed(usable)), saturated, True)
    above = [
        level for level in usable if level.rate is not None and level.rate >= peak_rate / SAME_LEVEL_RATIO
    ]
    main = above[:1]
    guards = [level for level in usable if level not in above]
    unknown = all(level.rate is None for level in usable)
    return Levels((*main, *reversed(guards)), saturated, bool(main) or unknown)


def with_known_rates(calls: Calls) -> Calls:
    """Return the calls with unknown rates (missing, zero, negative) taken from the nearest call of their run.

    Calls still in flight when a run ends may come without a rate. They are the slowest ones: judging
    them as a level of their own would cut the tail off. A run without any rate stays unknown.
    """
    known = sum(int(_is_known(piece.rate).sum()) for piece in calls.pieces())
    if known == len(calls):
        return calls
    if not known:
        return replace(
            calls, rate=grown(np.float64, (np.full(len(piece), np.nan) for piece in calls.pieces()))
        )
    return replace(calls, rate=grown(np.float64, _nearest_rates(calls)))


def _is_known(rate: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray((rate > 0.0) & np.isfinite(rate))


def _nearest_rates(calls: Calls) -> Iterator[NDArray[np.float64]]:
    """The rates piece by piece, where unknown those of the nearest call of the run: the last known one before
    a piece and the first one after it are looked at with it."""
    known = [np.flatnonzero(_is_known(piece.rate)) for piece in calls.pieces()]
    ends = [
        (piece.where(at[:1]), piece.where(at[-1:])) for piece, at in zip(calls.pieces(), known, strict=True)
    ]
    for number, piece in enumerate(calls.pieces()):
        before = next((last for _, last in reversed(ends[:number]) if len(last)), NO_CALLS)
        after = next((first for first, _ in ends[number + 1 :] if len(first)), NO_CALLS)
        run, start, rate = (
            np.concatenate([getattr(part, name) for part in (before, piece, after)])
            for name in ("run", "started_at", "rate")
        )
        yield _with_nearest_rate(run, start, rate)[len(before) : rate.size - len(after)]


def _with_nearest_rate(
    run: NDArray[np.int64], start: NDArray[np.float64], rate: NDArray[np.float64]
) -> NDArray[np.float64]:
    n = rate.size
    known = _is_known(rate)
    position = np.arange(n)
    before = np.maximum.accumulate(np.where(known, position, -1))
    after = np.minimum.accumulate(np.where(known, position, n)[::-1])[::-1]
    before_ok = (before >= 0) & (run[np.maximum(before, 0)] == run)
    after_ok = (after < n) & (run[np.minimum(after, n - 1)] == run)
    gap_before = np.where(before_ok, start - start[np.maximum(before, 0)], np.inf)
    gap_after = np.where(after_ok, start[np.minimum(after, n - 1)] - start, np.inf)
    nearest = np.where(gap_before <= gap_after, np.maximum(before, 0), np.minimum(after, n - 1))
    return np.where(before_ok | after_ok, rate[nearest], np.nan)


def _by_rate(calls: Calls) -> list[Level]:
    """Levels in order of the rate that the calls state, calls without a rate first."""
    levels = []
    unknown = calls.select(lambda piece: np.isnan(piece.rate))
    if len(unknown):
        levels.append(Level(None, unknown))
    if len(unknown) == len(calls):
        return levels
    gaps = gaps_of(calls)
    rates = _rates(calls)
    start = 0
    while start < rates.size:
        # From the lowest rate of the level, not from rate to rate: a slow ramp must not become one level.
        end = int(np.searchsorted(rates, rates[start] * SAME_LEVEL_RATIO, side="right"))
        levels.append(_as_reached(calls, gaps, rates[start], rates[end - 1]))
        start = end
    return levels


def _rates(calls: Calls) -> NDArray[np.float64]:
    """The rates that the calls state, in order."""
    rates = np.zeros(0)
    for piece in calls.pieces():
        rates = np.unique(np.concatenate([rates, piece.rate[~np.isnan(piece.rate)]]))
    return rates


def _as_reached(attempts: Calls, gaps: Gaps, lowest: float, highest: float) -> Level:
    """Return the level of these rates at the one its calls state; where clearly fewer arrived, at that which
    they reached.

    Too few workers, or a generator that cannot keep up, drop no call and still send fewer.
    """

    def here(piece: Calls) -> NDArray[np.bool_]:
        return np.asarray((piece.rate >= lowest) & (piece.rate <= highest))

    calls = attempts.select(here)
    stated = _rounded(
        lowest if lowest == highest else median(lambda: (piece.rate for piece in calls.pieces()))
    )
    due = gaps.where(here(piece) for piece in attempts.pieces()).without_pauses()
    seen, expected = due.size, float(due.sum())
    by_chance = SAME_LEVEL_RATIO * (1.0 + CHANCE / math.sqrt(max(seen, 1)))
    if seen < FEWEST_GAPS or seen * by_chance >= expected:
        return Level(stated, calls)
    return Level(float(f"{stated * seen / expected:.3g}"), calls, missed_rate=stated)


def _rounded(rate: float) -> float:
    """Six digits: rates are stored as 32-bit floats, and 0.1 must not read 0.10000000149."""
    return float(f"{rate:.6g}")


def _judge(level: Level) -> Level:
    refused = level.calls.count(Outcome.RATE_LIMITED)
    errors = level.calls.count(Outcome.BACKEND_ERROR)
    # Bad input and missing permission never reach the backend: they must not dilute the shares.
    ran = sum(int((piece.kind != Kind.REFUSED).sum()) for piece in level.calls.pieces())
    because = None
    if refused >= MIN_REFUSALS and refused > RATE_LIMITED_SHARE * (ran + refused):
        because = f"{percent_figure(refused / (ran + refused))} of calls were refused (429)"
    elif errors >= MIN_REFUSALS and errors > BACKEND_ERROR_SHARE * ran:
        because = f"{percent_figure(errors / ran)} of calls ended in a backend error"
    return replace(level, saturated_because=because)
