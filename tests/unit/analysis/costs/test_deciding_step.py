"""Each number says which step made it, and the sentence names that step and no sum that nobody knows."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.costs.chosen_number import MadeBy
from analysis.format.action_facts import ActionFacts
from analysis.production.recommend_production import recommend_from_buckets
from analysis.recommend_settings import RecommendSettings
from analysis.verdicts.recommendation import Recommendation, Verdict
from tests.support.examples import examples
from tests.support.production_counts import production
from tests.support.sample_tables import calls, judge, lognormal, orders


def even(p99_s: float, n: int = 4000) -> Recommendation:
    """The verdict on calls that all take nearly as long as p99, so that the bound is near it."""
    return judge(calls(np.tile(np.linspace(0.9, 1.0, 50), n // 50) * p99_s))


def found_for(name: str) -> Recommendation:
    match name:
        case "rounding":
            return even(0.08)
        case "buffer":
            return even(3.9)
        case "bound":
            return judge(calls(lognormal(400, 3.9)))
        case "sum":
            return judge(calls(np.linspace(3.8, 3.9, 4000)), settings=RecommendSettings(rule="sum"))
        case "floor":
            return judge(calls(np.linspace(0.4, 0.5, 4000)), settings=RecommendSettings(floor_s=4))
        case "cap":
            return judge(calls(lognormal(5000, 40.0)))
        case "proven":
            return judge(calls(np.full(2000, 50.0)), settings=RecommendSettings(cap_s=20))
        case "longer":
            return judge(calls(lognormal(5000, 3.9)), facts=orders(current_timeout_s=6))
        case "shorter":
            return judge(calls(lognormal(5000, 6.05)), facts=orders(current_timeout_s=7))
        case "part":
            x = lognormal(3000, 2.0)
            x[1800:] *= 2.5
            return judge(calls(x))
        case _:
            raise ValueError(name)


@pytest.mark.parametrize(
    ("name", "by", "said"),
    [
        (
            "rounding",
            MadeBy.WHOLE_SECONDS,
            "1 s, because p99 (80 ms) rounded up to whole seconds leaves room",
        ),
        ("buffer", MadeBy.BUFFER, r"5 s, because p99 \(3.9 s\) plus 20 % \(.* ms\) is 4.6\d s, rounded up"),
        ("bound", MadeBy.BOUND, r"\d s, because the upper bound of p99 \(.* s\) is more than p99 plus its"),
        ("sum", MadeBy.BOUND_AND_BUFFER, r"5 s, because the upper bound of p99 \(3.9 s\) plus 20 %"),
        ("floor", MadeBy.FLOOR, r"4 s, because that is the floor; without it 1 s, because p99 \(500 ms\)"),
        ("cap", MadeBy.CAP, r"30 s is the cap; without it \d\d s, because p99"),
        (
            "longer",
            MadeBy.HYSTERESIS,
            "6 s is in force and stays: the rule gives 5 s, .* by no more than 1 s",
        ),
        (
            "shorter",
            MadeBy.HYSTERESIS,
            "7 s is in force and stays: the rule gives 8 s, .* half of the buffer",
        ),
        ("part", MadeBy.SLOWER_PART, r"\d+ s, because the slower part of the calls needs that; all of them"),
    ],
)
def test_the_step_that_made_the_number_is_named(name: str, by: MadeBy, said: str) -> None:
    found = found_for(name)

    assert (found.made_by, found.made_by and found.made_by.value) == (by, by.value)
    assert found.made_how is not None
    assert re.match(said.replace("(80 ms)", r"\(80 ms\)"), found.made_how), found.made_how
    assert found.made_how.startswith(f"{found.recommended_timeout_s} s")
    assert found.made_how.endswith(".") and ".." not in found.made_how


def test_a_cap_below_what_is_proven_needs_no_bound() -> None:
    found = found_for("proven")

    assert found.verdict is Verdict.OVER_CAP_USE_ASYNC
    assert found.made_by is MadeBy.CAP and "20 s is the cap" in (found.made_how or "")


def test_the_timeout_in_force_that_the_rule_gives_is_no_hysteresis() -> None:
    found = judge(calls(np.linspace(3.8, 3.9, 4000)), facts=orders(current_timeout_s=5))

    assert (found.verdict, found.made_by) == (Verdict.OK, MadeBy.BUFFER)


@pytest.mark.parametrize("p99_s", [0.3, 1.6, 2.2, 4.7, 9.1])
def test_production_says_no_sum_within_a_second_that_nobody_knows(p99_s: float) -> None:
    facts = {"orders": ActionFacts("orders", current_timeout_s=60)}
    (found,) = recommend_from_buckets([production(p99_s)], facts).actions

    assert found.made_how is not None and not re.search(
        r"\d\.\d+ s|\d ms", found.made_how.replace("500 ms", "")
    )
    assert found.made_by in (MadeBy.WHOLE_SECONDS, MadeBy.BUFFER, MadeBy.BOUND)


@settings(max_examples=examples(12), deadline=None)
@given(
    st.floats(0.05, 20),
    st.integers(0, 4),
    st.sampled_from(["max", "sum"]),
    st.integers(1, 6),
    st.floats(0, 1),
    st.integers(1, 60),
)
def test_without_the_step_named_it_would_be_another_number(
    p99_s: float, seed: int, rule: str, floor_s: int, ratio: float, current_s: int
) -> None:
    chosen = RecommendSettings(rule="sum" if rule == "sum" else "max", floor_s=floor_s, buffer_ratio=ratio)
    found = judge(
        calls(lognormal(700, p99_s, seed, 0.3)), facts=orders(current_timeout_s=current_s), settings=chosen
    )
    if found.made_by is None or found.needed_ms is None or found.quantile_ms is None:
        return
    to_s, plain_s = found.recommended_timeout_s, -(-found.quantile_ms // 1000)
    needed_s = -(-found.needed_ms // 1000)
    match found.made_by:
        case MadeBy.HYSTERESIS:
            assert found.verdict is Verdict.OK and to_s == current_s != found.uncapped_timeout_s
        case MadeBy.CAP:
            assert to_s == chosen.cap_s
        case MadeBy.FLOOR:
            assert to_s == floor_s > needed_s
        case MadeBy.WHOLE_SECONDS:
            assert to_s == plain_s == needed_s
        case MadeBy.BUFFER | MadeBy.BOUND | MadeBy.BOUND_AND_BUFFER:
            assert to_s == needed_s > plain_s


def test_a_lowering_names_the_surer_bound_it_asks_for_and_a_raise_on_few_calls_its_buffer_above_it() -> None:
    every_call = RecommendSettings(warmup_s=0)
    spread = calls(lognormal(1200, 6.0, 2, sigma=1.2), rate=0.1)
    lowered, stays = (
        judge(spread, facts=orders(current_timeout_s=now_s), settings=every_call) for now_s in (60, 11)
    )
    few = judge(calls(lognormal(405, 6.0, 3, sigma=1.0)), facts=orders(current_timeout_s=1))

    assert (lowered.made_by, stays.made_by) == (MadeBy.BOUND, MadeBy.BOUND)
    assert lowered.made_how == (
        "12 s, because to lower a timeout, the upper bound of p99 must hold with 99 % confidence: 11.4 s, "
        "rounded up to whole seconds."
    )
    assert stays.made_how is not None and stays.made_how.startswith("11 s is in force and stays: to lower")
    assert few.made_by is MadeBy.BOUND_AND_BUFFER
    assert few.made_how is not None and few.made_how.endswith(
        "seconds: raised on 324 calls, a timeout keeps its buffer above the bound."
    )
