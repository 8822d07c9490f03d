"""When to stop measuring: as few calls as the answer needs (docs/method.md, "When to stop").

Settled means: more calls would not change what is set. Either the verdict is final (proven beyond the cap,
proven beyond the timeout that hides it or hardly ever to be decided with it,
refused, not configurable), or the bound lifts the number above p99 + buffer by no more than the hysteresis,
so that a longer run would not be acted upon, and the number also covers what a heavy tail would make of p99
(`analysis.statistics.heavy_tail`).

The rule itself is `analysis.estimates.enough`, which the verdict asks, too: what is settled here has a number
there. The looks and their confidence come from `analysis.statistics.interim_looks`: looking often does not
spoil the 95 % of the bound at the look, and `recommend` takes the same bound for an action that was stopped
early (its id is in the run's settled.json).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analysis.estimates.enough import (
    Enough,
    at_look,
    highest_acceptable_s,
    latest_look,
    plan_of,
    proven_too_slow,
)
from analysis.estimates.estimate import Estimate, timeout_for
from analysis.estimates.judge_action import judge_action
from analysis.estimates.level_estimates import JudgedLevel
from analysis.format.action_facts import ActionFacts
from analysis.samples.action_calls import ActionCalls
from analysis.settings import RecommendSettings, with_cap
from analysis.statistics.heavy_tail import heavy_tail_quantile_ms
from analysis.statistics.interim_looks import Look
from analysis.statistics.latency_counts import count_latencies
from analysis.verdicts.recommendation import Verdict

ALL_REFUSED: Final = 50
ENOUGH_TO_FORESEE: Final = 0.6
"""Part of the first look's calls that shows whether that look will settle the answer: nearly two in three of
those that it does not, hardly one in fifty where tails are light."""
FORESEEN_LOOK: Final = 3
"""The look that should settle it then, of those after the first: after twice its calls."""
WHY: Final[Mapping[Enough, str]] = {
    Enough.SETTLED: "more calls would not change the number",
    Enough.OVER_CAP: "proven to be above the cap",
    Enough.HIDDEN: "the timeout hides the answer: try a longer one",
    Enough.HARDLY: "more calls up to the planned ones would hardly tell: try a longer timeout",
}
FINAL: Final[Mapping[Enough, Verdict]] = {
    Enough.OVER_CAP: Verdict.OVER_CAP_USE_ASYNC,
    Enough.HIDDEN: Verdict.CENSORED_NEEDS_PROBE,
    Enough.HARDLY: Verdict.CENSORED_NEEDS_PROBE,
}


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
    plan = plan_of(settings)
    if main is None:
        if len(attempts) >= ALL_REFUSED:
            return Settled(True, "every call was refused", 0, verdict=Verdict.NO_DATA)
        return Settled(
            False, "no call counts yet", 0, math.ceil(plan[0].calls / (1.0 - settings.warmup_max_share))
        )
    calls = main.calls
    proof = proven_too_slow(calls, settings)
    if proof is not None:
        return Settled(True, WHY[proof], len(calls), verdict=FINAL[proof])
    look = latest_look(len(calls), settings)
    if look is None:
        missing = _foreseen(main, plan, settings).calls - len(calls)
        return Settled(False, "too few calls for a bound", len(calls), _to_send(missing, main, settings))
    seen = at_look(calls, main.warm_up, look, settings)
    found = seen.estimate
    if seen.enough is not None:
        final = FINAL.get(seen.enough)
        number = None if final else found.timeout_s
        return Settled(True, WHY[seen.enough], len(calls), verdict=final, timeout_s=number)
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


def _foreseen(main: JudgedLevel, plan: tuple[Look, ...], settings: RecommendSettings) -> Look:
    """Return the look that should settle the answer, guessed before the first one: that looks at the slowest
    call, and where this is already too far from p99, or a heavy tail is beyond both, a later one will do."""
    found = main.estimate
    if len(main.calls) < ENOUGH_TO_FORESEE * plan[0].calls or found.quantile_ms is None:
        return plan[0]
    counts = count_latencies(main.calls.latency_ms, main.calls.event)
    heavy = heavy_tail_quantile_ms(found.table, counts, settings.percentile)
    number_s = timeout_for(found.quantile_ms, float(found.table.t_ms[-1]), settings)
    near = number_s <= highest_acceptable_s(found.quantile_ms, settings)
    covered = heavy is None or heavy <= number_s * 1e3
    return plan[0] if near and covered else plan[min(FORESEEN_LOOK, len(plan) - 1)]


def _enough_for(found: Estimate, plan: tuple[Look, ...], look: Look, settings: RecommendSettings) -> int:
    """Calls after which the bound should be close enough, if the distribution stays as it looks now."""
    if found.quantile_ms is not None:
        for later in plan:
            if later.calls <= look.calls:
                continue
            expected = found.table.quantile_ms(1.0 - later.may_exceed / later.calls)
            if expected is not None and math.ceil(expected / 1e3) <= highest_acceptable_s(
                found.quantile_ms, settings
            ):
                return later.calls
    return settings.target_calls


def _to_send(calls: int, main: JudgedLevel, settings: RecommendSettings) -> int:
    """Calls to send so that so many more count: as long as the warm-up lasts, its share of them does not."""
    cut, sent = len(main.warm_up), len(main.calls) + len(main.warm_up)
    over = cut < int(settings.warmup_max_share * sent)
    return calls if over else math.ceil(calls / (1.0 - settings.warmup_max_share))
