"""Rows carry the rate that was reached: a level that was only planned must not be judged."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.estimates.load_levels import SAME_LEVEL_RATIO
from analysis.format.call_record import unpack
from diag.workload.payloads_from_contract import EMPTY
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.sending.in_flight import MEMORY, STEP, AchievedRate
from tests.support.virtual_time import Answer, Call, VirtualRun

PLAN = LoadPlan((ActionLoad("a", "Slow", 3, 20.0, (EMPTY,)),), arrivals="constant")


def rates_in_rows(run: VirtualRun) -> list[float]:
    (segment,) = run.folder.segments.glob("*.seg")
    calls = sorted(unpack(segment.read_bytes()), key=lambda call: call.scheduled_at)
    return [call.offered_rate for call in calls]


@pytest.mark.slow
def test_rows_carry_the_rate_that_the_calls_in_flight_left_room_for(tmp_path: Path) -> None:
    plan = replace(PLAN, max_in_flight=10)  # of one second each: 10 calls/s at most
    with VirtualRun(plan, tmp_path, reply=lambda call: Answer(at_ms=1000)) as run:
        run.pass_time(60)

    rates = rates_in_rows(run)
    assert run.session.not_sent > 500
    assert rates[0] == 20.0  # there was room
    settled = rates[MEMORY:]
    assert all(rate == pytest.approx(10.0, rel=0.1) for rate in settled)


@pytest.mark.slow
def test_a_moment_without_room_is_no_level_of_its_own(tmp_path: Path) -> None:
    def reply(call: Call) -> Answer:
        return Answer(at_ms=400 if 10 <= call.at_s < 11 else 20)

    plan = replace(PLAN, max_in_flight=6)
    with VirtualRun(plan, tmp_path, reply=reply) as run:
        run.pass_time(30)

    assert 0 < run.session.not_sent < 8
    assert set(rates_in_rows(run)) == {20.0}


def test_steps_are_never_taken_for_one_level() -> None:
    assert STEP > SAME_LEVEL_RATIO


def test_no_rate_stays_none_and_an_action_that_sends_nothing_has_a_tiny_one() -> None:
    rate = AchievedRate(2)
    for _ in range(MEMORY):
        rate.arrival(0, sent=False)
    assert 0 < rate.of(0, 20.0) < 0.25
    assert rate.of(1, 20.0) == 20.0  # each action by itself
    assert str(rate.of(1, float("nan"))) == "nan"
