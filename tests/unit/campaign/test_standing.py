"""When an action is done, and how many calls it wants until then."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.coverage.hours_seen import hours_seen
from analysis.coverage.week_of_hours import stated_week
from analysis.estimates.stability import LevelChange
from analysis.recommend_settings import RecommendSettings
from analysis.stopping.when_settled import Settled
from analysis.verdicts.recommendation import Recommendation, Verdict
from diag.campaign.standing import Sent, Standing, not_begun, standing
from tests.support.campaigns import FEWEST, action

SETTINGS = RecommendSettings()
DONE = Settled(True, "more calls would not change the number", 400)
FINAL = Settled(True, "the timeout hides the answer: probe", 60, verdict=Verdict.CENSORED_NEEDS_PROBE)
FIT = Recommendation(
    "orders", "Orders", Verdict.OK, "fits", None, 3, current_timeout_s=3, samples=400, n_eff=400.0,
    design_effect=1.0, grade="B", windows=60, quantile_ms=2000.0,
)  # fmt: skip
LOWER = replace(FIT, verdict=Verdict.LOWER, current_timeout_s=60)


def judged(
    row: Recommendation, state: Settled = DONE, *, sent: int = 400, production_gap_s: float | None = None
) -> Standing:
    before = not_begun(action(production_gap_s=production_gap_s), FEWEST)
    return standing(row, state, Sent(sent, 1.0, 0.5), SETTINGS, before=before)


@pytest.mark.parametrize(
    ("row", "state", "done"),
    [
        (FIT, DONE, True),
        (replace(FIT, grade="A"), DONE, True),
        (replace(FIT, grade="C", windows=9), DONE, False),
        (FIT, replace(DONE, settled=False, more_calls=80), False),
        (replace(FIT, grade="C", verdict=Verdict.CENSORED_NEEDS_PROBE), FINAL, True),
        (LOWER, DONE, False),
        (replace(LOWER, n_eff=1000.0), DONE, True),
        (replace(LOWER, n_eff=1000.0, grade="C", windows=3), DONE, False),
        (replace(LOWER, input_origins={"invented": 400}), DONE, True),
        (replace(FIT, verdict=Verdict.UNSTABLE), DONE, False),
        (replace(FIT, verdict=Verdict.UNSTABLE, samples=1000), DONE, True),
    ],
)
def test_done_is_settled_over_time_or_final(row: Recommendation, state: Settled, done: bool) -> None:
    assert (judged(row, state).done is not None) == done


def test_one_that_will_be_lowered_wants_the_calls_of_a_lowering_from_the_first_ten_on() -> None:
    few = replace(
        LOWER, verdict=Verdict.INSUFFICIENT_SAMPLES, samples=10, n_eff=10.0, recommended_timeout_s=None
    )
    fits = replace(few, current_timeout_s=3)
    early = replace(few, samples=9)
    state = Settled(False, "too few calls for a bound", 10, more_calls=358)

    assert judged(few, state, sent=10).wanted == 1050
    assert judged(fits, state, sent=10).wanted == 405
    assert judged(early, state, sent=9).wanted == 405


def test_calls_that_come_in_bursts_count_as_fewer() -> None:
    assert judged(replace(LOWER, n_eff=300.0, design_effect=1.5)).wanted == 1575
    assert judged(replace(LOWER, n_eff=100.0, design_effect=4.0)).wanted == 2100  # two for one at most


def test_where_only_the_hours_are_missing_a_call_in_each_further_window_is_enough() -> None:
    seen = replace(FIT, grade="C", windows=20)

    assert judged(seen).wanted == 410
    assert judged(seen, sent=500, production_gap_s=1.0).wanted == 550  # a warm action: five in each


def test_hours_in_which_production_calls_are_waited_for() -> None:
    nights = stated_week(["01:00-05:00"], "UTC")
    by_day = np.repeat(np.arange(33, 42), 40)
    hours = hours_seen(by_day, np.zeros(by_day.size, dtype=bool), nights, "UTC")
    held = replace(FIT, grade="C", hours=hours, coverage_reason="these calls cover 09:00-18:00 on Tuesday")

    assert judged(held).done is None and judged(held).lacks == held.coverage_reason
    assert judged(held, replace(DONE, settled=False, more_calls=80)).lacks is None
    assert judged(held, FINAL).lacks is None and judged(held, FINAL).done is not None
    assert judged(FIT).lacks is None


def test_what_only_a_probe_sees_names_its_command_once_that_is_final() -> None:
    row = replace(
        FIT, verdict=Verdict.CENSORED_NEEDS_PROBE, next_command="diag measure --probe --action Orders"
    )

    assert judged(row, FINAL).probe == "diag measure --probe --action Orders"
    assert judged(row, replace(DONE, settled=False, more_calls=80)).probe is None
    assert judged(replace(FIT, next_command="diag apply")).probe is None


def test_a_warm_action_wants_a_quarter_more() -> None:
    assert (not_begun(action(), FEWEST).fewest, not_begun(action(), FEWEST).wanted) == (368, 405)
    warm = not_begun(action(production_gap_s=1.0), FEWEST)
    assert (warm.fewest, warm.wanted) == (460, 507)


@pytest.mark.parametrize("sent", [330, 400])
def test_one_that_is_settled_before_the_end_of_the_span_goes_on_to_it(sent: int) -> None:
    before = not_begun(action(), FEWEST, 100.0)
    early, late = (
        standing(FIT, DONE, Sent(sent, moment, 0.5), SETTINGS, before=before) for moment in (99.0, 101.0)
    )

    assert early.done is None and early.answered and early.wanted == max(sent, 405)
    assert late.done is not None
    assert judged(FIT, FINAL, sent=60).done is not None


def test_slow_calls_that_come_in_bursts_ask_for_more_from_the_moment_they_are_seen() -> None:
    few = replace(FIT, verdict=Verdict.INSUFFICIENT_SAMPLES, samples=200, design_effect=1.5)

    assert judged(few, replace(DONE, settled=False, more_calls=168), sent=200).wanted == 552


def test_an_answer_that_later_calls_took_back_is_none() -> None:
    """Settled at the look, and no bound with the calls after it: never "done" without a number."""
    back = replace(
        FIT, verdict=Verdict.INSUFFICIENT_SAMPLES, recommended_timeout_s=None, calls_needed=70, samples=430
    )

    assert judged(back, sent=430).done is None and not judged(back, sent=430).answered
    assert judged(back, sent=430).wanted == 500
    assert judged(back, replace(DONE, calls=5000), sent=5000).done is not None


def test_a_change_that_its_calls_prove_is_kept_as_its_sentence() -> None:
    step = LevelChange("step", 1_795_300_000.0, 3600.0, 1000, 3000, 400, 400)
    row = replace(FIT, verdict=Verdict.UNSTABLE, reason="p99 rose from 1 s to 3 s at noon.", change=step)

    assert judged(row).changed == "p99 rose from 1 s to 3 s at noon."
    assert judged(replace(row, change=None)).changed is None  # two runs that disagree
    assert judged(replace(row, verdict=Verdict.OK)).changed is None  # the number covers it
