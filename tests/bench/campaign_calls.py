"""Calls of a campaign beside the least any method needs, and how often its numbers are wrong.

Wrong: the number would cut off more than 1 % of calls in the long run. The backends have a level that wanders
(OU, with a memory of 10 s, 2 min or 30 min), slow episodes, a step in the day, or none of these. Every
campaign is the default one over 24 h, against one window that stops when it is settled.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.format.action_facts import ActionFacts
from analysis.samples.action_calls import ActionCalls, by_action
from analysis.settings import RecommendSettings
from analysis.statistics.confidence_bounds import calls_for_a_bound
from analysis.stopping.when_settled import settled
from analysis.verdicts.recommend import recommend_action
from diag.campaign.forecast import forecast
from diag.campaign.spread import next_slot
from diag.campaign.standing import standing
from tests.support.campaigns import BEGAN_AT, FEWEST, ORDINARY, World, action, before, campaign

SEEDS: Final = 30
DAY_S: Final = 86_400.0
SCALE_S: Final = 2.0
SIGMA: Final = 0.3
SETTINGS: Final = RecommendSettings(cap_s=60)
COLD: Final = RecommendSettings(cap_s=60, warmup_s=0)
"""In a campaign of an action of which production says nothing every call counts."""
FACTS: Final = ActionFacts("orders", "orders", current_timeout_s=4, timeout_is_set=True)
"""So short that no number lowers it: what is measured is the calls to a number."""
SEE_S: Final = 60

Level = Callable[[np.random.Generator], tuple[NDArray[np.float64], NDArray[np.float64]]]


@dataclass(frozen=True, slots=True)
class Made:
    """One campaign, or one window."""

    sent: int
    wrong: bool | None
    """None where no number was given."""


def run() -> None:
    """Print both."""
    _against_the_least()
    rng = np.random.default_rng(7)
    for name, level in LEVELS.items():
        spread, at_once = [], []
        for seed in range(SEEDS):
            at, value = level(rng)
            spread.append(_campaign(at, value, rng, seed))
            at_once.append(_window(at, value, rng))
        print(f"  {name:28} campaign {_in_words(spread)}; one window {_in_words(at_once)}")


def _against_the_least() -> None:
    plan = campaign(*(action(f"action-{number:02}") for number in range(25)))
    coming = forecast(plan, before(plan), next_slot(plan, 0, BEGAN_AT))
    least = 25 * calls_for_a_bound(SETTINGS.percentile, SETTINGS.confidence)
    sent = sum(World(plan).run().calls.values())
    print(
        f"  25 actions at {ORDINARY.calls_per_s * 60:.0f} requests/min: {sent:,} calls, forecast "
        f"{sum(coming.calls.values()):,}; the least any method needs {least:,} ({sent / least:.2f} times)"
    )


def _ou(memory_s: float) -> Level:
    def draw(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        step = max(memory_s / 10.0, 5.0)
        at = np.arange(0.0, DAY_S, step)
        keep = np.exp(-step / memory_s)
        noise = rng.standard_normal(at.size) * 0.4 * np.sqrt(1 - keep**2)
        value = np.empty(at.size)
        value[0] = 0.4 * rng.standard_normal()
        for n in range(1, at.size):
            value[n] = keep * value[n - 1] + noise[n]
        return at, value

    return draw


def _episodes(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slow by three times for 5 minutes, 4 % of the time."""
    at = np.arange(0.0, DAY_S, 300.0)
    return at, np.where(rng.random(at.size) < 0.04, np.log(3.0), 0.0)


def _step(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    at = np.arange(0.0, DAY_S, 60.0)
    return at, np.where(at > rng.uniform(0.2, 0.8) * DAY_S, np.log(1.8), 0.0)


LEVELS: Final[dict[str, Level]] = {
    "independent": lambda rng: (np.array([0.0]), np.array([0.0])),
    "level, memory of 10 s": _ou(10.0),
    "level, memory of 2 min": _ou(120.0),
    "level, memory of 30 min": _ou(1800.0),
    "slow episodes": _episodes,
    "a step": _step,
}


def _latency_s(
    when: NDArray[np.float64], at: NDArray[np.float64], value: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    level = value[np.clip(np.searchsorted(at, when, side="right") - 1, 0, at.size - 1)]
    return np.asarray(SCALE_S * np.exp(level + SIGMA * rng.standard_normal(when.size)))


def _cut_off(timeout_s: int, value: NDArray[np.float64]) -> float:
    """Return the share of the day's calls beyond a timeout."""
    return float(stats.norm.sf((np.log(timeout_s / SCALE_S) - value) / SIGMA).mean())


def _campaign(
    at: NDArray[np.float64], value: NDArray[np.float64], rng: np.random.Generator, seed: int
) -> Made:
    world = World(campaign(action(timeout_s=SEE_S), seed=seed), call_s=SCALE_S)
    first = before(world.campaign)["orders"]
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
        latency += _latency_s(new, at, value, rng).tolist()
        one = world.standings["orders"]
        if len(when) < FEWEST:
            world.standings["orders"] = replace(first, sent=one.sent)
            continue
        calls = _calls(when, latency, turns[0].rate)
        state = settled(calls, FACTS, COLD)
        judged = recommend_action(calls, FACTS, COLD, many_looks=state.settled)
        world.standings["orders"] = standing(judged, state, one.sent, COLD, before=first)
    return _made(when, latency, value, 1.0)


def _window(at: NDArray[np.float64], value: NDArray[np.float64], rng: np.random.Generator) -> Made:
    """As `diag measure`: 5 calls/s from some moment on, until settled."""
    begin = rng.uniform(0.0, DAY_S - 2000.0)
    when = begin + np.arange(5000) / 5.0
    latency = _latency_s(when, at, value, rng)
    for many in (400, 500, 625, 800, 1000, 1250, 1600, 2000, 2500, 3200, 4000, 5000):
        if settled(_calls(when[:many], latency[:many], 5.0), FACTS, SETTINGS).settled:
            break
    return _made(when[:many], latency[:many], value, 5.0)


def _calls(when: object, latency: object, rate: float) -> ActionCalls:
    started = BEGAN_AT + np.asarray(when, dtype=float)
    taken = np.asarray(latency, dtype=float)
    window = np.cumsum(np.diff(started, prepend=0.0) > 30.0)
    table = pd.DataFrame(
        {
            "action_id": "orders",
            "run_id": "r" if rate > 1.0 else np.char.add("w", window.astype(str)),
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


def _made(when: object, latency: object, value: NDArray[np.float64], rate: float) -> Made:
    calls, rules = _calls(when, latency, rate), SETTINGS if rate > 1.0 else COLD
    number = recommend_action(calls, FACTS, rules, many_looks=True).recommended_timeout_s
    return Made(len(calls.calls), None if number is None else _cut_off(number, value) > 0.01)


def _in_words(made: list[Made]) -> str:
    known = [one.wrong for one in made if one.wrong is not None]
    wrong = sum(known) / len(known) if known else float("nan")
    return f"{np.median([one.sent for one in made]):,.0f} calls, {wrong:.0%} of {len(known)} wrong"
