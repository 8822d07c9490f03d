"""Calls of a campaign beside the least any method needs, and how often its numbers are wrong.

Wrong: the number would cut off more than 1 % of calls in the long run. Four ways to the number of each
backend (`tests.support.backend_days`): the default campaign up to its stop; 1,000 calls spread as it spreads
them; the campaign of an action whose timeout of 60 s it may lower, which asks for 1,000 independent calls;
and one window that stops when it is settled. Campaigns last as long as the backend: a day, or a week.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from scipy import special

from analysis.format.action_facts import ActionFacts
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import ActionCalls
from analysis.samples.calls_of_each_action import by_action
from analysis.statistics.confidence_bounds import calls_for_a_bound
from analysis.statistics.interim_looks import look_plan
from analysis.stopping.when_settled import planned_calls, settled
from analysis.verdicts.evidence_to_set import hold_on
from analysis.verdicts.recommend import recommend_action
from analysis.verdicts.recommendation import Recommendation, Verdict
from diag.campaign.forecast import forecast
from diag.campaign.standing import ENOUGH_TO_GUESS, Standing, standing
from diag.campaign.when_next_window import next_slot
from tests.support.backend_days import CORRELATED, FURTHER, INDEPENDENT, BackendDay, Floats
from tests.support.campaigns import BEGAN_AT, ORDINARY, World, action, before, campaign

SEEDS: Final = int(os.environ.get("SEEDS", "60"))
DRAWS: Final = int(os.environ.get("DRAWS", "2027"))
"""Other draws than those the pacing was chosen on (7)."""
SETTINGS: Final = RecommendSettings(cap_s=60)
EVERY_CALL: Final = RecommendSettings(cap_s=60, warmup_s=0)
"""In a campaign of an action of which production says nothing every call counts."""
SHORT: Final = ActionFacts("orders", "orders", current_timeout_s=1, timeout_is_set=True)
"""So short that no number lowers it: what is measured is the calls to a number."""
LONG: Final = replace(SHORT, current_timeout_s=60)
SPREAD_CALLS: Final = 1000
SEE_S: Final = 60
RATE: Final = 0.625
"""Calls a second in a window: calls of 2 s, expected to take four times as long, in five places."""
PLANNED: Final = planned_calls(SETTINGS)
LOOKS: Final = (
    ENOUGH_TO_GUESS,
    *range(40, PLANNED, 40),
    PLANNED,
    *(look.calls for look in look_plan(0.99, 0.95, 5000)),
)
"""Calls after which a standing may change: before the planned ones by the guess and by how slow calls
cluster."""


@dataclass(frozen=True, slots=True)
class Made:
    """One measurement."""

    sent: int
    wrong: bool | None
    """None where no number was given."""
    lowered: bool = False
    """A plan would set it below the timeout in force."""


def run() -> None:
    """Print all of it."""
    _against_the_least()
    for title, backends in (("independent", INDEPENDENT), ("asked", CORRELATED), ("further", FURTHER)):
        print(f"  {title}: median calls, wrong of the numbers given (95 % interval), numbers given")
        for name, draw in backends.items():
            rng = np.random.default_rng(DRAWS)
            days = [draw(rng) for _ in range(SEEDS)]
            print(f"    {name}")
            for way, measure in WAYS.items():
                print(f"      {way:20} {_in_words([measure(day, rng, n) for n, day in enumerate(days)])}")


def _against_the_least() -> None:
    plan = campaign(*(action(f"action-{number:02}") for number in range(25)))
    coming = forecast(plan, before(plan), next_slot(plan, 0, BEGAN_AT))
    least = 25 * calls_for_a_bound(SETTINGS.percentile, SETTINGS.confidence)
    sent = sum(World(plan).run().calls.values())
    print(
        f"  25 actions at {ORDINARY.calls_per_s * 60:.0f} requests/min: {sent:,} calls in {plan.windows} "
        f"windows, forecast {sum(coming.calls.values()):,}; the least any method needs {least:,} "
        f"({sent / least:.2f} times)"
    )


def _campaign(day: BackendDay, rng: np.random.Generator, seed: int, facts: ActionFacts) -> Made:
    when, latency, stopped = _spread(day, rng, seed, facts)
    judged = recommend_action(_calls(when, latency, RATE), facts, EVERY_CALL, many_looks=stopped)
    return _made(judged, len(when), day)


def _thousand(day: BackendDay, rng: np.random.Generator, seed: int) -> Made:
    when, latency, _ = _spread(day, rng, seed, None)
    return _made(recommend_action(_calls(when, latency, RATE), SHORT, EVERY_CALL), len(when), day)


def _spread(
    day: BackendDay, rng: np.random.Generator, seed: int, facts: ActionFacts | None
) -> tuple[list[float], list[float], bool]:
    """Carry a campaign out, to its end or, without `facts`, to so many calls; return when calls began, how
    long they took, and whether a final verdict ended it."""
    world = World(campaign(action(timeout_s=SEE_S), seed=seed, span_s=day.span_s), call_s=2.0)
    first = before(world.campaign)["orders"]
    if facts is None:
        first = replace(first, wanted=SPREAD_CALLS)
    world.standings = {"orders": first}
    when: list[float] = []
    latency: list[float] = []
    while world.why is None:
        windows = len(world.windows)
        world.run(1)
        if len(world.windows) == windows:
            continue
        begin, turns = world.windows[-1]
        new = begin - BEGAN_AT + np.arange(turns[0].calls) / turns[0].rate
        when += new.tolist()
        latency += day.latency_s(new, rng).tolist()
        if facts is not None:
            one = world.standings["orders"]
            due = one.done is not None or any(len(when) - new.size < look <= len(when) for look in LOOKS)
            world.standings["orders"] = _stands(when, latency, facts, one, first) if due else one
    return when, latency, world.standings["orders"].stopped


def _stands(
    when: list[float], latency: list[float], facts: ActionFacts, one: Standing, first: Standing
) -> Standing:
    calls = _calls(when, latency, RATE)
    state = settled(calls, facts, EVERY_CALL, planned=PLANNED)
    judged = recommend_action(calls, facts, EVERY_CALL, many_looks=state.verdict is not None)
    return standing(judged, state, one.sent, EVERY_CALL, before=first)


def _window(day: BackendDay, rng: np.random.Generator, seed: int) -> Made:
    """As `diag measure`: 5 calls/s from some moment on, until settled."""
    when = rng.uniform(0.0, day.span_s - 2000.0) + np.arange(5000) / 5.0
    latency = day.latency_s(when, rng)
    for look in look_plan(0.99, 0.95, 5000):
        many = min(5000, int(look.calls * 1.25))
        calls = _calls(when[:many], latency[:many], 5.0)
        if settled(calls, SHORT, SETTINGS).settled:
            break
    return _made(recommend_action(calls, SHORT, SETTINGS, many_looks=True), many, day)


def _calls(when: "list[float] | Floats", latency: "list[float] | Floats", rate: float) -> ActionCalls:
    started = BEGAN_AT + np.asarray(when, dtype=float)
    taken = np.asarray(latency, dtype=float)
    window = np.cumsum(np.diff(started, prepend=0.0) > 30.0)
    table = pd.DataFrame(
        {
            "action_id": "orders",
            "run_id": "r" if rate > 1.0 else np.char.add("w", np.char.zfill(window.astype(str), 4)),
            "worker_id": "w",
            "started_at": started,
            "scheduled_at": started,
            "latency_ms": np.minimum(taken, SEE_S) * 1e3,
            "outcome": np.where(taken > SEE_S, "timeout", "ok"),
            "timeout_s": SEE_S,
            "offered_rate": rate,
            "attempt": 1,
            "rtt_ms": np.nan,
            "target": "published",
        }
    )
    (found,) = by_action(table)
    return found


def _made(judged: Recommendation, sent: int, day: BackendDay) -> Made:
    number = judged.recommended_timeout_s
    lowered = judged.verdict is Verdict.LOWER and hold_on(judged) is None
    return Made(sent, None if number is None else day.cut_off(number) > 0.01, lowered)


def _in_words(made: list[Made]) -> str:
    known = [one.wrong for one in made if one.wrong is not None]
    wrong, of = sum(known), len(known)
    low = float(special.betaincinv(wrong, of - wrong + 1, 0.025)) if wrong else 0.0
    high = float(special.betaincinv(wrong + 1, of - wrong, 0.975)) if wrong < of else 1.0
    lowered = [one for one in made if one.lowered]
    words = (
        f", {sum(bool(one.wrong) for one in lowered)} of {len(lowered)} lowered wrongly" if lowered else ""
    )
    return (
        f"{np.median([one.sent for one in made]):6,.0f} calls, {wrong / max(of, 1):4.0%} wrong "
        f"({low:.0%} to {high:.0%}), {of} of {len(made)}{words}"
    )


WAYS: Final[dict[str, Callable[[BackendDay, np.random.Generator, int], Made]]] = {
    "campaign": lambda day, rng, seed: _campaign(day, rng, seed, SHORT),
    "1,000 calls, spread": _thousand,
    "campaign that lowers": lambda day, rng, seed: _campaign(day, rng, seed, LONG),
    "one window": _window,
}
