"""When to stop measuring: as few calls as the answer needs (docs/method.md, "When to stop").

Settled means: more calls would not change what is set. Either the verdict is final (proven beyond the cap,
proven beyond the timeout that hides it or hardly ever to be decided with it (`analysis.stopping.futility`),
refused, not configurable), or the bound lifts the number above p99 + buffer by no more than the hysteresis,
so that a longer run would not be acted upon, and the number also covers what a heavy tail would make of p99
(`analysis.statistics.heavy_tail`).

The looks and their confidence come from `analysis.statistics.interim_looks`: looking often does not spoil the
95 % of the bound at the look, and `recommend` takes the same bound for an action that was stopped early (its
id is in the run's settled.json).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.estimates.estimate import Estimate, buffer_ms, estimate
from analysis.estimates.judge_action import judge_action
from analysis.estimates.level_estimates import JudgedLevel
from analysis.format.action_facts import ActionFacts
from analysis.samples.action_calls import ActionCalls, Calls
from analysis.settings import RecommendSettings, with_cap
from analysis.statistics.confidence_bounds import lower_ms
from analysis.statistics.heavy_tail import heavy_tail_quantile_ms
from analysis.statistics.interim_looks import Look, look_plan
from analysis.statistics.kaplan_meier import kaplan_meier
from analysis.statistics.latency_counts import count_latencies
from analysis.stopping.futility import only_a_probe_can_tell
from analysis.verdicts.recommendation import Verdict

FIRST_PROOF: Final = 40
"""Fewest calls after which "too slow" may be taken as proven (e.g. a tenth of them timed out)."""
ALL_REFUSED: Final = 50
LIMIT_SLACK: Final = 0.98
"""Timeouts are cut off a little before or after the whole second."""


@dataclass(frozen=True, slots=True)
class Settled:
    """`more_calls` is None when settled, else about how many calls (warm-up included) are still needed."""

    settled: bool
    why: str
    calls: int
    """Calls that count so far."""
    more_calls: int | None = None
    verdict: Verdict | None = None
    """The final verdict where it is already known."""
    timeout_s: int | None = None
    """The number as it stands."""


def settled(
    action: ActionCalls,
    facts: ActionFacts,
    settings: RecommendSettings,
    *,
    complete_until: float | None = None,
) -> Settled:
    """Return whether more calls could change the answer, from the calls so far.

    While the run goes on, `complete_until` is the start (Unix seconds) of the oldest call still in
    flight: later calls are ignored, because the slow ones among them are not recorded yet.
    """
    if not facts.configurable:
        return Settled(True, "the action cannot be configured", 0, verdict=Verdict.NOT_CONFIGURABLE)
    settings = with_cap(settings, facts.cap_s)
    attempts = action.calls
    if complete_until is not None:
        attempts = attempts.where(attempts.started_at < complete_until)
    main = judge_action(attempts, facts.production_peak_rate, settings).main
    plan = look_plan(settings.percentile, settings.confidence, settings.target_calls)
    if main is None:
        if len(attempts) >= ALL_REFUSED:
            return Settled(True, "every call was refused", 0, verdict=Verdict.NO_DATA)
        return Settled(
            False, "no call counts yet", 0, math.ceil(plan[0].calls / (1.0 - settings.warmup_max_share))
        )
    calls = main.calls
    proof = _proven_too_slow(calls, plan, settings)
    if proof is not None:
        return proof
    look = next((look for look in reversed(plan) if look.calls <= len(calls)), None)
    if look is None:
        missing = plan[0].calls - len(calls)
        return Settled(False, "too few calls for a bound", len(calls), _to_send(missing, main, settings))
    seen = earliest(calls, look.calls)
    found = estimate(seen, settings, confidence=look.confidence)
    if _close_enough(found, settings) and _covers_a_heavy_tail(found, seen, settings):
        return Settled(True, "more calls would not change the number", len(calls), timeout_s=found.timeout_s)
    if only_a_probe_can_tell(found, plan[-1]):
        why = "more calls up to the planned ones would hardly tell: probe"
        return Settled(True, why, len(calls), verdict=Verdict.CENSORED_NEEDS_PROBE)
    if look.calls >= settings.target_calls:
        return Settled(True, "the planned calls are used up", len(calls), timeout_s=found.timeout_s)
    goal = _enough_for(found, plan, look, settings)
    missing = math.ceil(goal * found.design_effect) - len(calls)
    return Settled(
        False,
        "the bound is still far above p99",
        len(calls),
        _to_send(max(missing, 1), main, settings),
        timeout_s=found.timeout_s,
    )


def earliest(calls: Calls, n: int) -> Calls:
    """Return the `n` calls that started first, in their order: a look sees no more than its share."""
    if len(calls) <= n:
        return calls
    mask = np.zeros(len(calls), dtype=np.bool_)
    mask[np.argsort(calls.started_at, kind="stable")[:n]] = True
    return calls.where(mask)


def _close_enough(found: Estimate, settings: RecommendSettings) -> bool:
    if found.timeout_s is None or found.quantile_ms is None or found.timeout_s > settings.cap_s:
        return False
    return found.timeout_s <= _highest_acceptable(found.quantile_ms, settings)


def _covers_a_heavy_tail(found: Estimate, seen: Calls, settings: RecommendSettings) -> bool:
    counts = count_latencies(seen.latency_ms, seen.event)
    heavy = heavy_tail_quantile_ms(found.table, counts, settings.percentile)
    return heavy is None or found.timeout_s is None or heavy <= found.timeout_s * 1e3


def _highest_acceptable(quantile_ms: float, settings: RecommendSettings) -> float:
    """p99 + buffer in whole seconds, and the change a later run would have to exceed to be applied."""
    wanted = quantile_ms + buffer_ms(quantile_ms, settings)
    if settings.rule == "sum":
        wanted += buffer_ms(quantile_ms, settings)
    seconds = math.ceil(wanted / 1e3)
    return seconds + max(settings.hysteresis_min_s, settings.hysteresis_ratio * seconds)


def _proven_too_slow(calls: Calls, plan: tuple[Look, ...], settings: RecommendSettings) -> Settled | None:
    """A proof needs fewer calls than a bound: 10 timeouts in 60 calls already put p99 above the timeout."""
    all_sizes = _proof_sizes(plan[-1].calls)
    sizes = [size for size in all_sizes if size <= len(calls)]
    if not sizes:
        return None
    seen = earliest(calls, sizes[-1])
    counts = count_latencies(seen.latency_ms, seen.event)
    # Each of the looks for a proof gets an equal part of the risk (Bonferroni).
    confidence = 1.0 - (1.0 - settings.confidence) / len(all_sizes)
    proven = lower_ms(kaplan_meier(counts), counts, settings.percentile, confidence)
    if proven is None:
        return None
    if proven >= settings.cap_s * 1000:
        return Settled(True, "proven to be above the cap", len(calls), verdict=Verdict.OVER_CAP_USE_ASYNC)
    limit = float(calls.limit_ms.max())
    if proven >= LIMIT_SLACK * limit:
        return Settled(
            True, "the timeout hides the answer: probe", len(calls), verdict=Verdict.CENSORED_NEEDS_PROBE
        )
    return None


def _proof_sizes(most: int) -> list[int]:
    """40, 80, 160, ... calls, up to the last look of the plan."""
    return [FIRST_PROOF * 2**k for k in range(30) if FIRST_PROOF * 2**k <= max(most, FIRST_PROOF)]


def _enough_for(found: Estimate, plan: tuple[Look, ...], look: Look, settings: RecommendSettings) -> int:
    """Calls after which the bound should be close enough, if the distribution stays as it looks now."""
    if found.quantile_ms is not None:
        for later in plan:
            if later.calls <= look.calls:
                continue
            expected = found.table.quantile_ms(1.0 - later.may_exceed / later.calls)
            if expected is not None and math.ceil(expected / 1e3) <= _highest_acceptable(
                found.quantile_ms, settings
            ):
                return later.calls
    return settings.target_calls


def _to_send(calls: int, main: JudgedLevel, settings: RecommendSettings) -> int:
    """Calls to send so that so many more count: as long as the warm-up lasts, its share of them does not."""
    cut, sent = len(main.warm_up), len(main.calls) + len(main.warm_up)
    over = cut < int(settings.warmup_max_share * sent)
    return calls if over else math.ceil(calls / (1.0 - settings.warmup_max_share))
