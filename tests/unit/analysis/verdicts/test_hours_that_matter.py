"""From samples to a verdict that asks whether production's hours were seen."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.coverage.week_of_hours import stated_week
from analysis.format.action_facts import ActionFacts, ProductionWeek
from analysis.verdicts.analysis_json import analysis_from_json, analysis_to_json
from analysis.verdicts.evidence_to_set import Hold, hold_on, will_be_set
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Recommendation, Verdict
from analysis.verdicts.sentences.why_not_set import objection_to
from tests.support.sample_tables import START, calls, lognormal, sample_set

MIDNIGHT = START + 6400.0  # 00:00 UTC of a Wednesday
NIGHTS = stated_week(["01:00-05:00"], "UTC")
DAYS = stated_week(["mon-fri 08:00-18:00"], "UTC")


def ten_hours(first: int, run: str = "run-1", seed: int = 1) -> pd.DataFrame:
    """Return 3,600 calls of a lower timeout, one every 10 s from this hour of Wednesday on."""
    return calls(lognormal(3600, 2.0, seed), rate=0.1, start=MIDNIGHT + 3600 * first, run=run)


def judge(week: ProductionWeek | None, *tables: pd.DataFrame, zone: str | None = None) -> Recommendation:
    facts = ActionFacts("orders", "Order lookup", current_timeout_s=30, production_week=week)
    (one,) = recommend(sample_set(*tables), {"orders": facts}, zone=zone).actions
    return one


def test_a_nightly_batch_measured_by_day_is_held_back_with_the_hours_that_lack() -> None:
    found = judge(NIGHTS, ten_hours(8))
    missing = "as stated, all of production's calls come between 01:00 and 05:00"
    assert (found.verdict, found.grade, hold_on(found)) == (Verdict.LOWER, "C", Hold.HOURS)
    assert found.coverage_reason == (
        f"these calls cover 08:00-18:00 on Wednesday (UTC); {missing}, which were not seen"
    )
    assert found.reason.endswith(f"3 s would do, but wait: {found.coverage_reason}.")
    assert objection_to(found) == found.coverage_reason


def test_the_same_calls_are_enough_for_what_is_called_by_day() -> None:
    found = judge(DAYS, ten_hours(8))
    assert (found.grade, hold_on(found)) == ("B", None) and will_be_set(found)


def test_runs_given_together_cover_what_neither_covers() -> None:
    both = stated_week(["01:00-05:00", "08:00-18:00"], "UTC")
    by_day, by_night = ten_hours(8), ten_hours(0, "run-2", 2)
    assert judge(both, by_night).grade == "C"
    assert judge(both, by_day, by_night).grade == "B"


def test_nothing_changes_where_it_is_not_known_when_production_calls() -> None:
    found = judge(None, ten_hours(8), zone="Asia/Kolkata")
    assert (found.grade, hold_on(found)) == ("B", None) and will_be_set(found)
    assert not any("hours" in warning for warning in found.warnings)
    assert found.coverage_reason == (
        "these calls cover 13:00-24:00 on Wednesday (Asia/Kolkata); when production calls was not recorded, "
        "so no hour counts more than another"
    )
    assert judge(None, ten_hours(8), zone="Mars/Base").hours == judge(None, ten_hours(8)).hours


def test_a_raise_needs_no_hours() -> None:
    facts = ActionFacts("orders", "Order lookup", current_timeout_s=1, production_week=NIGHTS)
    (found,) = recommend(sample_set(ten_hours(8)), {"orders": facts}).actions
    assert (found.verdict, found.grade) == (Verdict.RAISE, "C") and will_be_set(found)


def test_slow_hours_are_named() -> None:
    took = lognormal(3600, 2.0)
    took[1800:2160] *= 2.5  # the sixth hour
    found = judge(None, calls(took, rate=0.1, start=MIDNIGHT + 3600 * 8))
    assert found.hours is not None and found.hours.slow == (2 * 24 + 13,)


def test_hours_go_through_the_json_and_back() -> None:
    facts = ActionFacts("orders", "Order lookup", current_timeout_s=30, production_week=NIGHTS)
    analysis = recommend(sample_set(ten_hours(8)), {"orders": facts})
    body = json.loads(json.dumps(analysis_to_json(analysis)))
    assert body["actions"][0]["hours"]["share"] == pytest.approx(0.0)
    assert analysis_from_json(body) == analysis
    assert len(json.dumps(body["actions"][0]["hours"])) < 1500


def test_calls_in_any_order_show_the_same_hours() -> None:
    table = ten_hours(8)
    shuffled = table.iloc[np.random.default_rng(1).permutation(len(table))]
    assert judge(NIGHTS, shuffled).hours == judge(NIGHTS, table).hours
