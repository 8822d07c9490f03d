"""Calls used until settled, beside a plan of 1,000 calls for every action: how many, and at what error.

Error: share of numbers that would cut off more than 1 % of calls in truth, with its exact 95 % interval.
"Too high" is the number against the one that perfect knowledge of p99 would give. The 15 s of warm-up cost
more calls the faster the pace, up to a fifth of a run, so three paces are measured, each on draws of its own.
"""

import math
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from analysis.estimates.enough_at_look import FIRST_PROOF
from analysis.format.action_facts import ActionFacts
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import ActionCalls
from analysis.samples.calls_of_each_action import by_action
from analysis.statistics.confidence_bounds import calls_for_a_bound
from analysis.statistics.interim_looks import look_plan
from analysis.stopping.when_settled import settled
from analysis.verdicts.recommend import recommend_action
from tests.support.latency_shapes import SHAPES, Shape

SEEDS: Final = 40
FIXED: Final = 1000
PACES: Final = {
    10.0: "the accuracy benchmark's pace",
    4.0: "diag measure's own pace for one action",
    1.0: "for four actions",
    0.5: "for eight and more",
}
"""Calls/s of each action (loadtests.planning.rate_of_each_action): 80 % of a token's 300 calls a minute."""
TIMEOUTS_HIDE: Final = (0.5, 0.9, 0.96, 0.97, 0.988)
"""Scenarios in which the timeout in force cuts off everything beyond this quantile."""
BEYOND_THE_CAP_S: Final = (34.0, 45.0)
DEFAULT: Final = RecommendSettings()
FEWEST: Final = calls_for_a_bound(DEFAULT.percentile, DEFAULT.confidence)
PLAN: Final = look_plan(DEFAULT.percentile, DEFAULT.confidence, DEFAULT.target_calls)


@dataclass(frozen=True, slots=True)
class Case:
    """One action with known truth; latencies in seconds, in the order in which they would be measured."""

    name: str
    latency_s: np.ndarray
    p99_s: float
    timeout_s: int = 60


@dataclass(frozen=True, slots=True)
class Run:
    """What a plan did in one case."""

    name: str
    sent: int
    counted: int
    """Calls left after the warm-up cut."""
    wrong: bool | None
    """None where no number was given."""
    too_high: float | None


def run() -> None:
    """Print the median ratios, the errors, and each scenario's median number of calls and error."""
    fixed, stopped = [], []
    with ProcessPoolExecutor() as processes:
        measured = list(processes.map(_at_pace, PACES))
    for (pace, whose), (some_fixed, some) in zip(PACES.items(), measured, strict=True):
        ratio = np.array([FIXED / one.sent for one in some])
        print(
            f"  {pace:>4g} calls/s ({whose}): median {np.median([one.sent for one in some]):,.0f} sent, "
            f"{np.median(ratio):.2f} times fewer than 1,000 (any exact bound: at most "
            f"{FIXED / _to_send(FEWEST, pace):.2f}; mean of ratios {ratio.mean():.2f}); wrong "
            f"{_wrong(some)} (1,000 calls: {_wrong(some_fixed)})"
        )
        fixed += some_fixed
        stopped += some
    print(f"  all {len(stopped)} actions of {len({one.name for one in stopped})} kinds:")
    for label, runs in (("fixed 1,000", fixed), ("until settled", stopped)):
        high = [one.too_high for one in runs if one.too_high is not None]
        print(
            f"    {label:13s} counted: median {np.median([one.counted for one in runs]):5,.0f}, "
            f"mean {np.mean([one.counted for one in runs]):5,.0f}; wrong {_wrong(runs)}; "
            f"number / ideal {np.mean(high):.2f}"
        )
    print(
        f"  {'kind':22s} {'counted':>7s}  {'wrong until settled':28s} {'wrong after 1,000':28s} "
        f"no rule that may stop at {PLAN[0].calls} errs less than"
    )
    for name in dict.fromkeys(one.name for one in stopped):
        of_kind = [[one for one in runs if one.name == name] for runs in (stopped, fixed)]
        print(
            f"  {name:22s} {np.median([one.counted for one in of_kind[0]]):7,.0f}  "
            f"{_wrong(of_kind[0]):28s} {_wrong(of_kind[1]):28s} {_least_error(name)}"
        )


def _at_pace(pace: float) -> tuple[list[Run], list[Run]]:
    seeds = range(SEEDS * list(PACES).index(pace), SEEDS * (list(PACES).index(pace) + 1))
    cases = [case for seed in seeds for case in _cases(seed, pace)]
    fixed = [_judge(case, _action(case, FIXED, pace), many_looks=False) for case in cases]
    return fixed, [_until_settled(case, pace) for case in cases]


def _wrong(runs: Sequence[Run]) -> str:
    given = [one.wrong for one in runs if one.wrong is not None]
    if not given:
        return "no number"
    wrong, n = sum(given), len(given)
    low, high = stats.binomtest(wrong, n).proportion_ci(0.95, "exact")
    return f"{wrong / n:.2%} of {n:,} ({low:.2%} to {high:.2%})"


def _least_error(name: str) -> str:
    """Whoever stops after n calls cannot know of a slow path of share q that none of them took: (1-q)^n.

    Only where the slow path holds p99 does not seeing it make the number wrong.
    """
    share = SHAPES[name].slow_share if name in SHAPES else 0.0
    return f"{(1 - share) ** PLAN[0].calls:.2%}" if share > 1 - DEFAULT.percentile else ""


def _cases(seed: int, pace: float) -> list[Case]:
    cases = []
    for index, (name, shape) in enumerate(SHAPES.items()):
        rng = np.random.default_rng([seed, index])
        cases.append(_case(name, rng, shape, float(np.exp(rng.uniform(np.log(0.7), np.log(14)))), pace))
    for index, quantile in enumerate(TIMEOUTS_HIDE):
        rng = np.random.default_rng([seed, 100 + index])
        shape, timeout = SHAPES["lognormal"], int(rng.integers(1, 9))
        p99 = timeout / shape.slower_than(1 - quantile) * shape.p99
        cases.append(_case(f"timeout at p{quantile * 100:g}", rng, shape, p99, pace, timeout))
    for index, p99 in enumerate(BEYOND_THE_CAP_S):
        rng = np.random.default_rng([seed, 200 + index])
        cases.append(_case(f"p99 is {p99:g} s", rng, SHAPES["lognormal"], p99, pace))
    return cases


def _case(
    name: str, rng: np.random.Generator, shape: Shape, p99_s: float, pace: float, timeout_s: int = 60
) -> Case:
    most = _to_send(PLAN[-1].calls, pace)
    return Case(name, shape.draw(rng, (most,)) * (p99_s / shape.p99), p99_s, timeout_s)


def _until_settled(case: Case, pace: float) -> Run:
    """Looks where the watcher's answer can change: at each size of the plan and of the proofs."""
    action = _action(case, case.latency_s.size, pace)
    facts = ActionFacts("a", current_timeout_s=case.timeout_s)
    sizes = {look.calls for look in PLAN} | {FIRST_PROOF * 2**k for k in range(7)}
    for size in sorted(sizes):
        part = _first(action, _to_send(size, pace))
        if settled(part, facts, DEFAULT).settled:
            break
    return _judge(case, part, many_looks=True)


def _to_send(counted: int, pace: float) -> int:
    """Calls to send so that `counted` are left after the warm-up cut."""
    cut = math.ceil(DEFAULT.warmup_s * pace)
    sent = counted
    while sent - min(cut, int(sent * DEFAULT.warmup_max_share)) < counted:
        sent += 1
    return sent


def _judge(case: Case, action: ActionCalls, *, many_looks: bool) -> Run:
    facts = ActionFacts("a", current_timeout_s=case.timeout_s)
    found = recommend_action(action, facts, DEFAULT, many_looks=many_looks)
    number = found.recommended_timeout_s if found.verdict.value in ("raise", "lower", "ok") else None
    ideal = math.ceil(case.p99_s + max(0.2 * case.p99_s, 0.5))
    wrong, too_high = (None, None) if number is None else (number < case.p99_s, number / ideal)
    return Run(case.name, len(action.calls), found.samples, wrong, too_high)


def _action(case: Case, calls: int, pace: float) -> ActionCalls:
    x = case.latency_s[:calls]
    table = pd.DataFrame(
        {
            "action_id": "a",
            "run_id": "r",
            "worker_id": "w",
            "started_at": 1.7e9 + np.arange(calls) / pace,
            "latency_ms": np.minimum(x, case.timeout_s) * 1e3,
            "outcome": np.where(x > case.timeout_s, "timeout", "ok"),
            "timeout_s": case.timeout_s,
            "offered_rate": pace,
        }
    )
    (action,) = by_action(table)
    return action


def _first(action: ActionCalls, calls: int) -> ActionCalls:
    return ActionCalls(action.action_id, "", action.calls.where(np.arange(len(action.calls)) < calls), 0)
