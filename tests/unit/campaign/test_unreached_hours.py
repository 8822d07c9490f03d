"""Hours of production that a campaign cannot reach are known before its first call."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.coverage.hours_seen import hours_of_week, hours_seen
from analysis.coverage.week_of_hours import stated_week
from analysis.format.action_facts import ProductionWeek
from diag.campaign.campaign import Campaign
from diag.campaign.standing import Standing
from diag.campaign.unreached_hours import unreached_hours
from diag.hours.allowed_hours import ALWAYS, AllowedHours
from tests.support.campaigns import BEGAN_AT, HOUR_S, action, before, campaign
from tests.support.examples import examples

BERLIN = "Europe/Berlin"
OFFICE = stated_week(["mon-fri 08:00-18:00"], BERLIN)
NIGHTLY = stated_week(["01:00-05:00"], BERLIN)
NIGHTS = AllowedHours(((1380, 300),), zone=BERLIN)
DAY_S = 24 * HOUR_S
MONDAY = BEGAN_AT + 2 * DAY_S - 22 * HOUR_S
"""Monday, 01:26 in Berlin."""


def begun(
    week: ProductionWeek | None, *, at: float = MONDAY, span_s: float = DAY_S, hours: AllowedHours = ALWAYS
) -> Campaign:
    weeks = {} if week is None else {"orders": week}
    plan = campaign(action(), span_s=span_s, hours=hours)
    return replace(plan, began_at=at, until=at + span_s, production_weeks=weeks)


@pytest.mark.parametrize(
    ("plan", "reached_in_s", "only_by_hours"),
    [
        (begun(OFFICE, hours=NIGHTS), None, True),  # a Monday would do, but its nights do not
        (begun(OFFICE, at=MONDAY - DAY_S, hours=NIGHTS), 2 * DAY_S, True),
        (begun(OFFICE, at=MONDAY - 2 * DAY_S), 3 * DAY_S, False),  # Saturday, at all hours
        (begun(NIGHTLY, at=MONDAY + 8 * HOUR_S, span_s=6 * HOUR_S), DAY_S, False),
    ],
)
def test_hours_that_are_left_out_are_named_with_what_would_reach_them(
    plan: Campaign, reached_in_s: float | None, only_by_hours: bool
) -> None:
    (one,) = unreached_hours(plan, before(plan), plan.began_at)

    assert (one.reached_in_s, one.only_by_hours) == (reached_in_s, only_by_hours)
    assert one.hours.grade == "C"


def test_a_span_that_is_nearly_over_would_do_if_it_began_now() -> None:
    sunday = begun(OFFICE, at=MONDAY - DAY_S)
    (one,) = unreached_hours(sunday, before(sunday), sunday.until - HOUR_S)

    assert (one.reached_in_s, one.only_by_hours) == (DAY_S, False)


@pytest.mark.parametrize(
    "plan",
    [
        begun(OFFICE),
        begun(NIGHTLY, hours=NIGHTS),
        begun(None, hours=NIGHTS),
        replace(begun(OFFICE, hours=NIGHTS), production_weeks=None),
        replace(begun(None, hours=NIGHTS), stated_weeks={"another": OFFICE}),
    ],
)
def test_what_is_reached_or_not_known_is_not_warned_of(plan: Campaign) -> None:
    assert unreached_hours(plan, before(plan), plan.began_at) == ()


def test_what_the_workload_states_is_warned_of_also_where_the_org_did_not_answer() -> None:
    plan = replace(begun(None, hours=NIGHTS), production_weeks=None, stated_weeks={"orders": OFFICE})
    (one,) = unreached_hours(plan, before(plan), plan.began_at)

    assert one.week == OFFICE


def test_what_was_seen_before_counts_and_what_is_done_is_left_alone() -> None:
    plan = begun(OFFICE)
    evening = MONDAY + 18 * HOUR_S
    at = MONDAY + np.arange(0.0, 17 * HOUR_S, 600.0)
    seen = hours_seen(hours_of_week(at, BERLIN), np.zeros(at.size, dtype=bool), OFFICE, BERLIN)
    first: Standing = before(plan)["orders"]

    assert len(unreached_hours(plan, {"orders": first}, evening)) == 1
    assert unreached_hours(plan, {"orders": replace(first, hours=seen)}, evening) == ()
    assert unreached_hours(plan, {"orders": replace(first, done="settled")}, evening) == ()


@settings(max_examples=examples(40), deadline=None)
@given(
    first=st.integers(0, 23),
    length=st.integers(1, 23),
    days=st.sets(st.integers(0, 6), min_size=1),
    began_h=st.integers(0, 167),
    span_h=st.integers(6, 200),
)
def test_calls_in_every_allowed_quarter_of_an_hour_see_no_more_than_was_said_to_be_in_reach(
    first: int, length: int, days: set[int], began_h: int, span_h: int
) -> None:
    hours = AllowedHours(((60 * first, (60 * (first + length)) % 1440),), tuple(sorted(days)), BERLIN)
    at, span_s = MONDAY + began_h * HOUR_S, span_h * HOUR_S
    allowed = hours.stretches(at, at + span_s)
    if sum(end - begin for begin, end in allowed) < HOUR_S:
        return
    plan = replace(begun(OFFICE), began_at=at, until=at + span_s, hours=hours)
    calls = np.concatenate([np.arange(begin, end, 60.0) for begin, end in allowed])
    seen = hours_seen(hours_of_week(calls, BERLIN), np.zeros(calls.size, dtype=bool), OFFICE, BERLIN)

    assert bool(unreached_hours(plan, before(plan), at)) == (seen.grade == "C")
