"""Latency depends on load, so load levels are never pooled (docs/method.md, "Load levels")."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analysis.estimates.arrival_gaps import CHANCE, FEWEST_GAPS, Gaps, gaps_of
from analysis.format.sample_schema import Outcome
from analysis.number_words import percent_figure
from analysis.samples.action_calls import Calls, Kind

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
    n = len(calls)
    known = (calls.rate > 0.0) & np.isfinite(calls.rate)
    if n == 0 or known.all():
        return calls
    if not known.any():
        return replace(calls, rate=np.full(n, np.nan))
    position = np.arange(n)
    before = np.maximum.accumulate(np.where(known, position, -1))
    after = np.minimum.accumulate(np.where(known, position, n)[::-1])[::-1]
    before_ok = (before >= 0) & (calls.run[np.maximum(before, 0)] == calls.run)
    after_ok = (after < n) & (calls.run[np.minimum(after, n - 1)] == calls.run)
    start = calls.started_at
    gap_before = np.where(before_ok, start - start[np.maximum(before, 0)], np.inf)
    gap_after = np.where(after_ok, start[np.minimum(after, n - 1)] - start, np.inf)
    nearest = np.where(gap_before <= gap_after, np.maximum(before, 0), np.minimum(after, n - 1))
    return replace(calls, rate=np.where(before_ok | after_ok, calls.rate[nearest], np.nan))


def _by_rate(calls: Calls) -> list[Level]:
    """Levels in order of the rate that the calls state, calls without a rate first."""
    levels = []
    unknown = np.isnan(calls.rate)
    if unknown.any():
        levels.append(Level(None, calls.where(unknown)))
    if unknown.all():
        return levels
    gaps = gaps_of(calls)
    rates = np.unique(calls.rate[~unknown])
    start = 0
    while start < rates.size:
        # From the lowest rate of the level, not from rate to rate: a slow ramp must not become one level.
        end = int(np.searchsorted(rates, rates[start] * SAME_LEVEL_RATIO, side="right"))
        here = (calls.rate >= rates[start]) & (calls.rate <= rates[end - 1])
        levels.append(_as_reached(calls.where(here), gaps.where(here)))
        start = end
    return levels


def _as_reached(calls: Calls, gaps: Gaps) -> Level:
    """Return the level at the rate its calls state; where clearly fewer arrived, at the one they reached.

    Too few workers, or a generator that cannot keep up, drop no call and still send fewer.
    """
    stated = _rounded(float(np.median(calls.rate)))
    due = gaps.without_pauses()
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
    ran = int((level.calls.kind != Kind.REFUSED).sum())
    because = None
    if refused >= MIN_REFUSALS and refused > RATE_LIMITED_SHARE * (ran + refused):
        because = f"{percent_figure(refused / (ran + refused))} of calls were refused (429)"
    elif errors >= MIN_REFUSALS and errors > BACKEND_ERROR_SHARE * ran:
        because = f"{percent_figure(errors / ran)} of calls ended in a backend error"
    return replace(level, saturated_because=because)
