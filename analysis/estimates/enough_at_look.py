"""When are calls enough? One rule for a running measurement and for the verdict from its rows
(docs/method.md, "When to stop").

A look sees the calls that counted when it was due: those that started first, without their own warm-up. So it
finds the same whether it is taken while the run goes on or, from the rows, years later. Calls that arrive
after the look that ended a measurement (they were in flight) cannot take its answer back: at the look it held
with the confidence that the plan of looks gives it (overrunning, Whitehead 1992).

Where the timeout cuts off about 1 % of the calls, more of them will hardly ever give a bound: stochastic
curtailment by predictive probability (Spiegelhalter, Freedman & Blackburn 1986), from the share cut off so
far (uniform prior) to the chance that the last planned look still finds few enough of them.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
from scipy import special

from analysis.estimates.calls_missing import a_probe_sees_further
from analysis.estimates.estimate import Estimate, counts_of, estimate
from analysis.estimates.warmup import without_warm_up
from analysis.long_arrays.pieces import pieces
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import Calls, together
from analysis.statistics.confidence_bounds import calls_for_a_bound, lower_ms
from analysis.statistics.heavy_tail import heavy_tail_quantile_ms
from analysis.statistics.interim_looks import GROWTH, Look, look_plan
from analysis.statistics.kaplan_meier import kaplan_meier
from analysis.timeout_rule import buffer_ms, slack_s, timeout_for

FIRST_PROOF: Final = 40
"""Fewest calls after which "too slow" may be taken as proven (e.g. a tenth of them timed out)."""
LIMIT_SLACK: Final = 0.98
"""Timeouts are cut off a little before or after the whole second."""
HARDLY: Final = 0.05
"""Below this chance that the last planned look gives a bound, only a probe can tell."""


class Enough(StrEnum):
    """Why no further call of this kind is needed."""

    SETTLED = "settled"
    """There is a number, and more calls would not change it."""
    OVER_CAP = "over cap"
    HIDDEN = "hidden"
    """The quantile is proven to lie beyond the timeout that was in force."""
    HARDLY = "hardly"
    """So many are cut off that the planned calls will hardly give a bound."""


@dataclass(frozen=True, slots=True)
class AtLook:
    """What a look sees, and whether that is enough."""

    estimate: Estimate
    enough: Enough | None


def at_look(calls: Calls, warm_up: Calls, look: Look, settings: RecommendSettings) -> AtLook:
    """Return the estimate at a look of the plan; `calls` and `warm_up` are those of one load level."""
    seen = counted_first(calls, warm_up, look.calls, settings)
    found = estimate(seen, settings, confidence=look.confidence)
    if _close_enough(found, settings) and _covers_a_heavy_tail(found, seen, settings):
        return AtLook(found, Enough.SETTLED)
    if _only_a_probe_can_tell(found, plan_of(settings)[-1]):
        return AtLook(found, Enough.HARDLY)
    return AtLook(found, None)


def plan_of(settings: RecommendSettings) -> tuple[Look, ...]:
    """Return the looks of a measurement with these settings."""
    return look_plan(settings.percentile, settings.confidence, settings.target_calls)


def latest_look(calls: int, settings: RecommendSettings) -> Look | None:
    """Return the last look that is due after so many calls that count; None before the first."""
    return next((look for look in reversed(plan_of(settings)) if look.calls <= calls), None)


def proven_too_slow(calls: Calls, settings: RecommendSettings) -> Enough | None:
    """Return whether p99 is proven beyond the cap or the timeout in force at any look for a proof.

    A proof needs fewer calls than a bound: 10 timeouts in 60 calls already put p99 above the timeout. The
    looks are at 40, 80, 160, ... calls, and each gets an equal part of the risk (Bonferroni).
    """
    most = plan_of(settings)[-1].calls
    sizes = [FIRST_PROOF * 2**k for k in range(30) if FIRST_PROOF * 2**k <= max(most, FIRST_PROOF)]
    confidence = 1.0 - (1.0 - settings.confidence) / len(sizes)
    limit = calls.longest_limit_ms()
    # Nothing is proven beyond the longest that any call lasted, rounded up to the millisecond.
    if _longest_ms(calls) + 1.0 < min(settings.cap_s * 1000, LIMIT_SLACK * limit):
        return None
    calls = earliest(calls, sizes[-1])
    for size in sizes:
        if size > len(calls):
            break
        seen = earliest(calls, size)
        counts = counts_of(seen)
        proven = lower_ms(kaplan_meier(counts), counts, settings.percentile, confidence)
        if proven is not None and proven >= settings.cap_s * 1000:
            return Enough.OVER_CAP
        if proven is not None and proven >= LIMIT_SLACK * limit:
            return Enough.HIDDEN
    return None


def _longest_ms(calls: Calls) -> float:
    return max(float(piece.latency_ms.max(initial=0.0)) for piece in calls.pieces())


def settled_before(
    calls: Calls, warm_up: Calls, found: Estimate, settings: RecommendSettings, *, many_looks: bool
) -> Estimate:
    """Return the estimate `found` of all calls; where it has no bound, with that of a look that had enough.

    `many_looks`: the measurement was stopped at a look, whichever it was. Else only the latest look counts,
    which saw at least four fifths of the calls: a few more of them do not make enough into too few. Where
    they are not too few, the bound lies among those cut off, and the look before them has not seen it.
    """
    if found.quantile_ms is None or (found.timeout_s is not None and found.timeout_s <= settings.cap_s):
        return found
    latest = latest_look(len(calls), settings)
    if latest is None or calls.run.min() != calls.run.max():  # what another run adds was not in flight
        return found
    if not many_looks and (latest.calls * GROWTH < len(calls) or not _too_few(len(calls), found, settings)):
        return found  # beyond the last look of the plan, or with a bound but for what was cut off
    looks = [look for look in plan_of(settings) if look.calls <= latest.calls] if many_looks else [latest]
    for look in reversed(looks):
        then = at_look(calls, warm_up, look, settings)
        if then.enough is Enough.SETTLED and then.estimate.upper_ms is not None:
            upper = max(then.estimate.upper_ms, found.quantile_ms)
            timeout_s = timeout_for(found.quantile_ms, upper, settings)
            effect = then.estimate.design_effect
            stands = replace(found, upper_ms=upper, confidence=look.confidence, design_effect=effect)
            return replace(stands, timeout_s=timeout_s) if timeout_s <= settings.cap_s else found
    return found


def _too_few(calls: int, found: Estimate, settings: RecommendSettings) -> bool:
    """Return whether so many calls would give no bound if each had ended."""
    return calls / found.design_effect < calls_for_a_bound(settings.percentile, found.confidence)


def stopped_because(calls: Calls, warm_up: Calls, settings: RecommendSettings) -> Enough | None:
    """Return why a measurement with these calls was stopped without a number; None where it was not."""
    proof = proven_too_slow(calls, settings)
    if proof is not None:
        return proof
    due = [look for look in plan_of(settings) if look.calls <= len(calls)]
    hardly = any(at_look(calls, warm_up, look, settings).enough is Enough.HARDLY for look in due)
    return Enough.HARDLY if hardly else None


def counted_first(calls: Calls, warm_up: Calls, n: int, settings: RecommendSettings) -> Calls:
    """Return the calls that counted when `n` did, without the warm-up of what had been sent by then."""
    if not len(warm_up):
        return earliest(calls, n)
    most = math.ceil(n / (1.0 - settings.warmup_max_share)) + 1  # of more, more than n would count
    both = together(earliest(part, most) for part in (warm_up, calls))
    both = both.where(np.lexsort((both.started_at, both.run)))
    low, high = min(n, len(both)), len(both)
    while low < high:
        middle = (low + high) // 2
        counted = _without_warm_up(earliest(both, middle), settings)
        low, high = (low, middle) if len(counted) >= n else (middle + 1, high)
    return _without_warm_up(earliest(both, low), settings)


def earliest(calls: Calls, n: int) -> Calls:
    """Return the `n` calls that started first, in their order: a look sees no more than its share."""
    if len(calls) <= n:
        return calls
    at, started = np.zeros(0, np.int64), np.zeros(0)
    for piece in pieces(len(calls)):
        at = np.concatenate([at, np.arange(piece.start, piece.stop)])
        started = np.concatenate([started, calls.started_at[piece]])
        first = np.argsort(started, kind="stable")[:n]
        at, started = at[first], started[first]
    return calls.where(np.sort(at))


def highest_acceptable_s(quantile_ms: float, settings: RecommendSettings) -> float:
    """Return p99 + buffer in whole seconds, and the change a later run must exceed to be applied."""
    wanted = quantile_ms + buffer_ms(quantile_ms, settings)
    if settings.rule == "sum":
        wanted += buffer_ms(quantile_ms, settings)
    seconds = math.ceil(wanted / 1e3)
    return seconds + slack_s(seconds, settings)


def _without_warm_up(calls: Calls, settings: RecommendSettings) -> Calls:
    return without_warm_up(calls, settings.warmup_s, settings.warmup_max_share)[0]


def _close_enough(found: Estimate, settings: RecommendSettings) -> bool:
    if found.timeout_s is None or found.quantile_ms is None or found.timeout_s > settings.cap_s:
        return False
    return found.timeout_s <= highest_acceptable_s(found.quantile_ms, settings)


def _covers_a_heavy_tail(found: Estimate, seen: Calls, settings: RecommendSettings) -> bool:
    counts = counts_of(seen)
    heavy = heavy_tail_quantile_ms(found.table, counts, settings.percentile)
    return heavy is None or found.timeout_s is None or heavy <= found.timeout_s * 1e3


def _only_a_probe_can_tell(found: Estimate, last: Look) -> bool:
    """Return True where calls up to the last look will hardly give a bound, and a probe would see more."""
    table = found.table
    if found.timeout_s is not None or not table.t_ms.size or not a_probe_sees_further(found):
        return False
    seen = float(table.n_eff[-1]) / found.design_effect
    cut_off = table.share_left * seen
    if cut_off <= 0.0:
        return False
    to_come = round(last.calls / found.design_effect - seen)
    return _chance(seen, cut_off, to_come, last.may_exceed / found.design_effect) < HARDLY


def _chance(seen: float, cut_off: float, to_come: int, may_exceed: float) -> float:
    """Chance that `cut_off` of `seen` calls and those of the calls to come are at most `may_exceed`."""
    if cut_off > may_exceed or to_come <= 0:
        return float(cut_off <= may_exceed)
    k = np.arange(min(int(may_exceed - cut_off), to_come) + 1)
    a, b = cut_off + 1.0, seen - cut_off + 1.0
    ways = special.gammaln(to_come + 1) - special.gammaln(k + 1) - special.gammaln(to_come - k + 1)
    return float(np.exp(ways + special.betaln(k + a, to_come - k + b) - special.betaln(a, b)).sum())
