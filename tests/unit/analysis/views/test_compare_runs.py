"""Two runs: what may be said of their difference."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.recommend_settings import RecommendSettings
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from analysis.views.calls_to_tell import Width, calls_to_tell
from analysis.views.compare_runs import Difference, compare, difference
from analysis.views.comparison_json import comparison_to_json
from tests.support.sample_tables import calls, lognormal, sample_set

BASE = Recommendation(
    "a",
    "A",
    Verdict.OK,
    "fits",
    quantile_ms=1000.0,
    quantile_lower_ms=950.0,
    quantile_upper_ms=1080.0,
    samples=5000,
)


def scaled(factor: float) -> Recommendation:
    return replace(
        BASE, quantile_ms=1000 * factor, quantile_lower_ms=950 * factor, quantile_upper_ms=1080 * factor
    )


@pytest.mark.parametrize(
    ("factor", "verdict"),
    [(1.5, "slower"), (0.6, "faster"), (1.0, "same"), (1.09, "cannot tell")],
)
def test_the_verdict_follows_the_interval(factor: float, verdict: str) -> None:
    assert difference(BASE, scaled(factor), same_within_s=0.0).verdict == verdict


def test_narrow_intervals_around_nothing_are_the_same() -> None:
    narrow = replace(BASE, quantile_lower_ms=990.0, quantile_upper_ms=1010.0)

    found = difference(
        narrow, replace(narrow, quantile_ms=1012.0, quantile_lower_ms=1001.0, quantile_upper_ms=1025.0)
    )

    assert found.verdict == "same"
    assert found.lower_ms == pytest.approx(12 - np.hypot(11, 10))
    assert found.upper_ms == pytest.approx(12 + np.hypot(13, 10))


def test_a_p99_beyond_the_timeout_can_still_be_proven_slower() -> None:
    censored = replace(BASE, quantile_ms=None, quantile_upper_ms=None, quantile_lower_ms=3000.0)

    assert difference(BASE, censored) == Difference("slower", "p99 grew by at least 1.92 s", lower_ms=1920.0)
    assert difference(censored, BASE).verdict == "faster"
    assert difference(censored, censored).verdict == "cannot tell"


def test_one_run_alone_says_nothing() -> None:
    assert difference(None, BASE).verdict == "cannot tell"
    assert difference(BASE, replace(BASE, quantile_upper_ms=None)).verdict == "cannot tell"


def test_a_bound_missing_on_the_slow_side_does_not_hide_what_is_proven() -> None:
    slow = replace(scaled(3), quantile_upper_ms=None)

    assert difference(BASE, slow).verdict == "slower"
    assert difference(slow, BASE).verdict == "faster"
    assert difference(slow, BASE).p99_ms == -2000.0


@given(st.floats(0.01, 100.0))
def test_the_other_way_round_is_the_opposite(factor: float) -> None:
    opposite = {"slower": "faster", "faster": "slower", "cannot tell": "cannot tell"}
    there, back = difference(BASE, scaled(factor)), difference(scaled(factor), BASE)

    assert there.p99_ms == pytest.approx(-(back.p99_ms or 0))
    assert there.upper_ms == pytest.approx(-(back.lower_ms or 0))
    if "same" not in (there.verdict, back.verdict):
        assert opposite[there.verdict] == back.verdict


@pytest.mark.slow
def test_runs_of_one_backend_are_seldom_called_different() -> None:
    """5 % beyond each end: at most about 10 % of equal pairs may be called slower or faster."""
    wrong = 0
    for seed in range(60):
        first, later = (
            recommend(sample_set(calls(lognormal(1500, 2.0, seed=2 * seed + side)))).actions[0]
            for side in (0, 1)
        )
        wrong += difference(first, later).verdict in ("slower", "faster")

    assert wrong <= 9


@pytest.mark.slow
def test_a_backend_half_as_slow_again_is_found() -> None:
    for seed in range(10):
        first = recommend(sample_set(calls(lognormal(3000, 2.0, seed=seed)))).actions[0]
        later = recommend(sample_set(calls(lognormal(3000, 3.0, seed=seed + 100)))).actions[0]

        assert difference(first, later).verdict == "slower"


def test_actions_of_any_run_are_listed_slower_first_and_fit_json() -> None:
    one = Analysis(RecommendSettings(), (BASE, replace(BASE, action_id="b", action_name="B")), {})
    two = Analysis(
        RecommendSettings(),
        (scaled(1.01), replace(scaled(2), action_id="b"), replace(BASE, action_id="c")),
        {},
    )

    found = compare([one, two], ["x", "y"], same_within_s=0.0)

    assert [action.action_id for action in found.actions] == ["b", "a", "c"]
    assert found.actions[2].entries[0] is None
    body = json.loads(json.dumps(comparison_to_json(found), allow_nan=False))
    assert body["actions"][0]["differences"][0]["verdict"] == "slower"
    assert body["actions"][2]["runs"][0] is None


def test_one_of_many_actions_needs_a_surer_difference() -> None:
    """The risk is shared: twelve unchanged actions are twelve chances of a false alarm."""
    one = Analysis(RecommendSettings(), (BASE,), {})
    slower = replace(one, actions=(scaled(1.14),))
    others = tuple(replace(BASE, action_id=f"b{number}") for number in range(11))

    alone = compare([one, slower], ["A", "B"], same_within_s=0.0).actions[0]
    among = compare(
        [replace(run, actions=(*run.actions, *others)) for run in (one, slower)],
        ["A", "B"],
        same_within_s=0.0,
    ).actions

    assert alone.worst == "slower"
    assert next(action for action in among if action.action_id == "a").worst == "cannot tell"


def test_an_interval_widens_with_the_number_of_comparisons() -> None:
    alone, one_of_many = difference(BASE, scaled(1.2)), difference(BASE, scaled(1.2), looks=12)

    assert alone.lower_ms is not None and one_of_many.lower_ms is not None
    assert one_of_many.lower_ms < alone.lower_ms
    assert (200 - one_of_many.lower_ms) / (200 - alone.lower_ms) == pytest.approx(2.638 / 1.645, rel=0.01)


def test_an_action_of_a_third_run_was_measured_in_neither_of_the_two() -> None:
    assert difference(None, None).reason == "measured in neither of these two runs"
    assert difference(None, BASE).reason == "measured in only one of these runs"


def test_a_difference_that_moves_no_whole_second_is_the_same_for_a_timeout() -> None:
    proven_but_small = difference(BASE, scaled(1.14))

    assert proven_but_small.verdict == "same"
    assert proven_but_small.reason == "the same for a timeout: differs by less than 0.25 s"
    assert difference(BASE, scaled(1.14), same_within_s=0.2).verdict == "slower"


def judged(number: int, p99_s: float, seed: int) -> Recommendation:
    return recommend(sample_set(calls(lognormal(number, p99_s, seed=seed)))).actions[0]


@pytest.mark.slow
def test_short_runs_of_a_quick_backend_that_did_not_change_are_mostly_the_same() -> None:
    found = [difference(judged(600, 0.29, seed), judged(600, 0.29, seed + 50), 11) for seed in range(12)]

    verdicts = [one.verdict for one in found]
    assert not {"slower", "faster"} & set(verdicts)
    assert verdicts.count("same") >= 8


@pytest.mark.slow
def test_where_runs_cannot_tell_so_many_calls_mostly_would() -> None:
    """With the calls named, at least six of ten pairs tell (it aims at eight)."""
    told = []
    for seed in range(10):
        short = difference(judged(600, 2.0, seed), judged(600, 2.8, seed + 50), 11)
        if short.verdict == "cannot tell":
            needed = short.calls_to_tell
            if needed is None:  # the two p99 seem just as far apart as counts as none
                told.append(False)
                continue
            assert needed > 600 and f"about {needed:,} calls in each run would tell" in short.reason
            longer = difference(judged(needed, 2.0, seed + 100), judged(needed, 2.8, seed + 150), 11)
            told.append(longer.verdict == "slower")

    assert len(told) >= 5
    assert sum(told) >= 0.6 * len(told)


@pytest.mark.parametrize(("gap", "same"), [(0.0, True), (90.0, True), (300.0, False), (-300.0, False)])
def test_four_times_the_calls_halve_what_stands_in_the_way(gap: float, same: bool) -> None:
    """Needed calls grow with the square of the width, and a gap at the margin can never be told."""
    narrow, wide = [Width(100.0, 1000)], [Width(200.0, 1000)]
    few, many = (calls_to_tell(gap, 250.0, side, side) for side in (narrow, wide))

    assert few is not None and many is not None
    assert many == pytest.approx(4 * few, rel=0.1)
    assert calls_to_tell(0.0, 0.0, narrow, narrow) is None
    assert same == (abs(gap) < 250)
