"""Windows: one in each stratum of the allowed time, at a random moment, none outside the hours."""

import itertools
import statistics

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from diag.campaign.campaign import Campaign, allowed_s
from diag.campaign.when_next_window import ROUNDING_S, Slot, may_call_until, next_slot, pace_of_windows
from diag.hours.allowed_hours import ALWAYS, AllowedHours
from tests.support.campaigns import BEGAN_AT, HOUR_S, campaign
from tests.support.examples import examples


def slots(of: Campaign) -> list[Slot]:
    """All slots when each window begins when it is due."""
    found: list[Slot] = []
    while len(found) < of.windows:
        since = max(found[-1].ends_at, found[-1].due_at + of.window_s) if found else of.began_at
        slot = next_slot(of, len(found), since)
        if slot is None:
            break
        found.append(slot)
    return found


def test_a_day_has_a_window_for_each_call_all_through_it() -> None:
    plan = campaign(span_s=24 * HOUR_S)
    found = slots(plan)
    hours = [int((slot.due_at - BEGAN_AT) // HOUR_S) for slot in found]

    assert (plan.windows, len(found)) == (418, 418)
    assert {hours.count(hour) for hour in range(24)} <= {16, 17, 18, 19}


@pytest.mark.slow
def test_nothing_periodic_hides_between_windows_or_is_hit_by_all() -> None:
    """A job that runs for a minute on every quarter hour takes a fifteenth of the time, and of the
    windows."""
    hits = [sum((slot.due_at % 900.0) < 60.0 for slot in slots(campaign(seed=seed))) for seed in range(40)]

    assert 21.0 < statistics.mean(hits) < 34.0
    assert max(hits) < 70


SOME_HOURS = AllowedHours(((0, 360), (720, 750), (1200, 1440)), (0, 2, 5, 6), "America/New_York")
HOURS = st.sampled_from([ALWAYS, AllowedHours(((1380, 300),), zone="Europe/Berlin"), SOME_HOURS])


@pytest.mark.slow
@settings(max_examples=examples(30))
@given(hours=HOURS, span_h=st.integers(30, 336), seed=st.integers(0, 1000))
@example(SOME_HOURS, 152, 0)  # ends 3 µs later, as times since 1970 are added up
def test_every_window_lies_inside_the_hours_and_after_the_one_before(
    hours: AllowedHours, span_h: int, seed: int
) -> None:
    plan = campaign(span_s=span_h * HOUR_S, hours=hours, seed=seed)
    stretches = plan.stretches(BEGAN_AT)
    found = slots(plan)

    assert len(found) >= 0.9 * plan.windows or allowed_s(stretches) < HOUR_S
    for slot in found:
        until = may_call_until(plan, slot.due_at)
        assert until is not None and any(begin <= slot.due_at < end == until for begin, end in stretches)
        assert any(
            begin <= slot.due_at and slot.due_at + plan.window_s <= end + ROUNDING_S
            for begin, end in stretches
        )
    assert all(
        earlier.due_at + plan.window_s <= later.due_at + ROUNDING_S
        for earlier, later in itertools.pairwise(found)
    )


def test_windows_that_were_missed_move_the_others_closer_together() -> None:
    plan = campaign(span_s=24 * HOUR_S)
    late = next_slot(plan, 20, BEGAN_AT + 12 * HOUR_S)

    assert late is not None
    assert late.windows_left == 360  # no closer together than two minutes
    assert late.ends_at - (BEGAN_AT + 12 * HOUR_S) == pytest.approx(12 * HOUR_S / 360)
    assert pace_of_windows(plan, late, late.due_at).to_come == pytest.approx(209, abs=1)


def test_where_too_little_time_is_left_there_are_fewer_windows() -> None:
    late = next_slot(campaign(span_s=24 * HOUR_S), 20, BEGAN_AT + 23 * HOUR_S)

    assert late is not None
    assert late.windows_left == 30


def test_after_the_end_there_is_none() -> None:
    assert next_slot(campaign(span_s=HOUR_S), 3, BEGAN_AT + HOUR_S) is None
