"""The headline: what can be set now, what needs more and how long, what fits no timeout."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.verdicts.recommendation import Recommendation, Verdict
from reports.wording.headline import headline, headline_numbers

BASE = Recommendation(
    "a", "Get O", Verdict.OK, "fits", current_timeout_s=3, recommended_timeout_s=3, cut_off_now=0.0
)
RAISED = replace(BASE, action_name="Get R", verdict=Verdict.RAISE, recommended_timeout_s=10)
SLOW = replace(BASE, action_name="Get S", verdict=Verdict.OVER_CAP_USE_ASYNC, recommended_timeout_s=30)
FEW = replace(
    BASE,
    action_name="Get F",
    verdict=Verdict.INSUFFICIENT_SAMPLES,
    recommended_timeout_s=None,
    cut_off_now=None,
)
THIN = replace(BASE, action_name="Get T", verdict=Verdict.LOWER, current_timeout_s=60, grade="C")
BUILT_IN = replace(BASE, verdict=Verdict.NOT_CONFIGURABLE, recommended_timeout_s=None)


def test_it_counts_what_can_be_set_what_needs_more_and_what_fits_no_timeout() -> None:
    rows = [RAISED, SLOW, replace(FEW, next_takes_s=750.0), FEW, replace(THIN, next_takes_s=4200.0), BASE]

    assert headline(rows) == (
        "1 of 6 actions can be set now. 2 cannot be judged yet: about 13 min more of calls at this pace for "
        "1 of them. 1 has a number that cannot be set yet: about 70 min more of calls at this pace. 1 fits "
        "no timeout up to 30 s. 1 fits as it is."
    )


def test_the_time_is_that_of_the_action_that_takes_longest_rounded_up() -> None:
    assert headline([replace(FEW, next_takes_s=seconds) for seconds in (10.0, 732.0)]) == (
        "2 of 2 actions cannot be judged yet: about 13 min more of calls at this pace."
    )
    assert "under a minute more" in headline([replace(FEW, next_takes_s=12.0), BASE])
    assert "more of calls" not in headline([FEW, BASE])


def test_the_worst_is_named_in_a_sentence_of_its_own() -> None:
    hidden = replace(BASE, action_name="Get B", verdict=Verdict.CENSORED_NEEDS_PROBE, cut_off_now=0.5)
    rows = [replace(RAISED, cut_off_now=0.01), hidden]

    assert headline(rows) == (
        "1 of 2 actions can be set now. 1 cannot be judged yet. Get B cuts off 50 % of its good calls now."
    )
    assert headline([replace(RAISED, cut_off_now=0.06)]) == (
        "Get R can be set now. Its timeout cuts off 6 % of its good calls now."
    )


def test_when_nothing_is_to_be_done() -> None:
    assert headline([BASE]) == "The timeout fits."
    assert headline([BASE, BASE]) == "All 2 timeouts fit."
    assert headline([BASE, BASE, BUILT_IN]) == "2 timeouts that can be set fit."
    assert headline([BUILT_IN]) == "There is no timeout to set: it is built in."
    assert headline([]) == "No action was measured."


def test_a_very_long_name_does_not_fill_the_headline() -> None:
    worst = replace(BASE, action_name="x" * 600, verdict=Verdict.CENSORED_NEEDS_PROBE, cut_off_now=0.2)

    assert headline([worst, BASE]).count("x") == 59
    assert headline([worst]).count("x") == 59


ROWS = st.lists(
    st.builds(
        replace,
        st.sampled_from([BASE, RAISED, SLOW, FEW, THIN, BUILT_IN]),
        cut_off_now=st.none() | st.floats(0, 1),
        next_takes_s=st.none() | st.floats(0, 1e7),
        weak_runs=st.sampled_from([(), ("cut short",)]),
    ),
    min_size=2,
    max_size=12,
)


@given(ROWS)
def test_no_sentence_speaks_of_two_actions_and_each_action_is_counted_once(
    rows: list[Recommendation],
) -> None:
    text = headline(rows)
    counted: Mapping[str, Any] = headline_numbers(rows)

    for sentence in re.split(r"(?<=[a-z])\. ", text):
        assert sum(row.action_name in sentence for row in (BASE, RAISED, SLOW, FEW, THIN)) <= 1
        assert ";" not in sentence and "--force" not in sentence
    each = ("changes", "unjudged", "held_back", "too_slow", "fitting")
    built_in = sum(row.verdict is Verdict.NOT_CONFIGURABLE for row in rows)
    assert sum(int(counted[name] or 0) for name in each) + built_in == len(rows)


@pytest.mark.parametrize("verdict", [Verdict.RAISE, Verdict.LOWER])
def test_a_number_of_weak_runs_has_to_wait(verdict: Verdict) -> None:
    weak = replace(RAISED, verdict=verdict, weak_runs=("cut short",))

    assert headline([weak]) == "Get R has a number that cannot be set yet."
