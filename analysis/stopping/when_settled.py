"""When to stop measuring: as few calls as the answer needs (docs/method.md, "When to stop").

Settled means: more calls would not change what is set. Either the verdict is final (proven beyond the cap,
proven beyond the timeout that hides it or hardly ever to be decided with it,
refused, not configurable), or the bound lifts the number above p99 + buffer by no more than the hysteresis,
so that a longer run would not be acted upon, and the number also covers what a heavy tail would make of p99
(`analysis.statistics.heavy_tail`).

A campaign is no such run: it goes on to the end of its span anyway, so it decides on its calls before the
first one and looks once (`planned_calls`). Looking again and again there made it stop on lucky samples, or
hurry through the rest of the span after unlucky ones.

The rule itself is `analysis.estimates.enough_at_look`, which the verdict asks, too: what is settled here has
a number there. The looks and their confidence come from `analysis.statistics.interim_looks`: looking often
does not spoil the 95 % of the bound at the look, and `recommend` takes the same bound for an action that was
stopped early (its id is in the run's settled.json).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analysis.estimates.enough_at_look import (
    Enough,
    at_look,
    highest_acceptable_s,
    latest_look,
    plan_of,
    proven_too_slow,
)
from analysis.estimates.estimate import Estimate
from analysis.estimates.judge_action import judge_action
from analysis.estimates.level_estimates import JudgedLevel
from analysis.format.action_facts import ActionFacts
from analysis.recommend_settings import RecommendSettings, with_cap
from analysis.samples.action_calls import ActionCalls
from analysis.statistics.confidence_bounds import calls_for_a_bound
from analysis.statistics.interim_looks import Look
from analysis.stopping.only_refused import WHY_REFUSED, only_refused
from analysis.verdicts.recommendation import Verdict

PART_OF_THE_RISK: Final = 0.5
"""Of what the confidence leaves: the calls whose slowest one bounds p99 at 97.5 % hold the bound at 95 % well
below that slowest call, which is far out in a heavy tail."""
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


def planned_calls(settings: RecommendSettings) -> int:
    """Return the calls of a measurement that decides on them before the first one: 368 for p99 at 95 %."""
    risk = PART_OF_THE_RISK * (1.0 - settings.confidence)
    return calls_for_a_bound(settings.percentile, 1.0 - risk)


def settled(
    action: ActionCalls,
    facts: ActionFacts,
    settings: RecommendSettings,
    *,
    complete_until: float | None = None,
    planned: int | None = None,
) -> Settled:
    """Return whether more calls could change the answer, from the calls so far.

    While the run goes on, `complete_until` is the start (Unix seconds) of the oldest call still in
    flight: later calls are ignored, because the slow ones among them are not recorded yet. `planned`: the
    calls that were decided on before the first one (`planned_calls`), whose number is the answer; where the
    settings of this action ask for more, it is theirs.
    """
    if not facts.configurable:
        return Settled(True, "the action cannot be configured", 0, verdict=Verdict.NOT_CONFIGURABLE)
    settings = with_cap(settings, facts.cap_s)
    attempts = action.calls
    if complete_until is not None:
        attempts = attempts.where(attempts.started_at < complete_until)
    main = judge_action(attempts, facts.production_peak_rate, settings).main
    plan = plan_of(settings)
    planned = None if planned is None else max(planned, planned_calls(settings))
    if main is None:
        if only_refused(len(attempts)):
            return Settled(True, WHY_REFUSED, 0, verdict=Verdict.NO_DATA)
        return Settled(
            False, "no call counts yet", 0, math.ceil(plan[0].calls / (1.0 - settings.warmup_max_share))
        )
    calls = main.calls
    proof = proven_too_slow(calls, settings)
    if proof is not None:
        return Settled(True, WHY[proof], len(calls), verdict=FINAL[proof])
    number = main.estimate.timeout_s
    if planned is not None and len(calls) >= planned and number is not None and number <= settings.cap_s:
        return Settled(True, "the planned calls give a number", len(calls), timeout_s=number)
    first = plan[0].calls if planned is None else max(planned, _seeing_past_the_cut_off(main, settings))
    look = latest_look(len(calls), settings)
    seen = None if look is None else at_look(calls, main.warm_up, look, settings)
    if look is None or seen is None or (len(calls) < first and seen.enough is not Enough.HARDLY):
        missing = first - len(calls)
        return Settled(False, "too few calls for a bound", len(calls), _to_send(missing, main, settings))
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


def _seeing_past_the_cut_off(main: JudgedLevel, settings: RecommendSettings) -> int:
    """Calls of which as many may be cut off as were so far, and the rest still gives a bound; the target at
    most. Said as soon as it is seen, so that they come at a steady pace."""
    found = main.estimate
    if not found.table.t_ms.size:
        return 0
    worth = float(found.table.n_eff[-1]) / found.design_effect
    cut_off = round(found.table.share_left * worth)
    if not cut_off:
        return 0
    return min(calls_for_a_bound(settings.percentile, settings.confidence, cut_off), settings.target_calls)


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
