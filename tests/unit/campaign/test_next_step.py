"""A campaign on a clock that jumps: what it does next, whatever the machine does meanwhile."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.campaign.campaign import allowed_s, to_the_end
from diag.campaign.forecast import forecast
from diag.campaign.next_step import Wait, next_step
from diag.campaign.when_next_window import next_slot
from diag.hours.allowed_hours import ALWAYS, AllowedHours
from tests.support.campaigns import BEGAN_AT, FEWEST, HOUR_S, ORDINARY, World, action, before, campaign
from tests.support.examples import examples

NIGHTS = AllowedHours(((1380, 300),), zone="Europe/Berlin")
TWENTY_FIVE = tuple(action(f"action-{number:02}") for number in range(25))


@pytest.mark.slow
def test_twenty_five_actions_are_done_within_a_day_with_a_tenth_more_calls_than_a_number_needs() -> None:
    world = World(campaign(*TWENTY_FIVE)).run()

    assert world.why == "every action is done"
    assert all(calls == to_the_end(FEWEST) for calls in world.calls.values())
    assert 395 <= len(world.windows) <= 418
    assert world.now - BEGAN_AT > 20 * HOUR_S  # spread, not hurried


def test_where_there_is_no_room_for_all_some_are_finished_instead_of_all_starved() -> None:
    many = tuple(action(f"action-{number:03}") for number in range(300))
    world = World(campaign(*many, span_s=HOUR_S)).run()
    done = [one for one in world.standings.values() if one.done is not None]

    assert world.why == "the span is over"
    assert sum(world.calls.values()) >= 4_000
    assert len(done) >= 8


@pytest.mark.slow
def test_an_action_that_production_calls_every_ten_minutes_is_called_cold() -> None:
    rare = action("rare", production_gap_s=600.0)
    plan = campaign(rare, *TWENTY_FIVE, span_s=3 * 24 * HOUR_S)
    world = World(plan).run()
    calls = [at for at, chosen in world.windows if any(turn.action_id == "rare" for turn in chosen)]

    assert all(
        turn.calls == 1 and turn.every_call_counts
        for _, chosen in world.windows
        for turn in chosen
        if turn.action_id == "rare"
    )
    assert min(later - at for at, later in itertools.pairwise(calls)) >= 290.0
    assert world.standings["rare"].done is not None


def test_where_its_calls_do_not_fit_the_span_the_forecast_says_so_before_the_first() -> None:
    rare = action("rare", production_gap_s=1800.0)
    plan = campaign(rare, action())
    coming = forecast(plan, before(plan), next_slot(plan, 0, BEGAN_AT))

    assert coming.unfinished == ("rare",)
    assert coming.done_at["orders"] is not None


@pytest.mark.slow
def test_the_forecast_before_the_first_call_is_what_happens() -> None:
    plan = campaign(*TWENTY_FIVE)
    coming = forecast(plan, before(plan), next_slot(plan, 0, BEGAN_AT))
    world = World(plan).run()

    assert sum(coming.calls.values()) == pytest.approx(sum(world.calls.values()), rel=0.05)
    assert coming.windows == pytest.approx(len(world.windows), abs=5)
    assert coming.ends_at == pytest.approx(world.now, abs=HOUR_S)
    assert coming.peak <= ORDINARY.calls_per_s


@pytest.mark.slow
@settings(max_examples=examples(25))
@given(seed=st.integers(0, 10_000), nights=st.booleans(), asleep=st.floats(0.0, 0.2))
def test_a_machine_that_sleeps_misses_no_call_it_has_the_time_for(
    seed: int, nights: bool, asleep: float
) -> None:
    chance = random.Random(seed)
    woke: list[float] = []

    def sleeps(step: int) -> float:
        if chance.random() >= asleep / 3:
            return 0.0
        slept = chance.expovariate(1 / (3 * HOUR_S))
        woke.append(world.now + slept)
        return slept

    hours = NIGHTS if nights else ALWAYS
    plan = campaign(*TWENTY_FIVE[:3], span_s=5 * 24 * HOUR_S, seed=seed, hours=hours)
    world = World(plan, sleeps=sleeps)
    world.run()

    left = allowed_s(plan.stretches(max(woke, default=BEGAN_AT)))
    if left > 0.1 * allowed_s(plan.stretches(BEGAN_AT)):  # it was awake through the last tenth
        assert all(one.done is not None for one in world.standings.values())
    for at, _ in world.windows:
        assert any(begin <= at < end for begin, end in plan.stretches(BEGAN_AT))
    assert all(
        earlier + 1.0 <= later
        for (earlier, _), (later, _) in zip(world.windows, world.windows[1:], strict=False)
    )


@given(seed=st.integers(0, 1000), steps=st.integers(0, 150))
@settings(max_examples=examples(25))
def test_asking_again_at_the_same_moment_gives_the_same_answer(seed: int, steps: int) -> None:
    world = World(campaign(*TWENTY_FIVE[:3], seed=seed)).run(steps)
    first, second = (
        next_step(world.campaign, world.standings, len(world.windows), world.slot, world.now)
        for _ in range(2)
    )

    assert first == second
    if isinstance(first, Wait):
        again = next_step(world.campaign, world.standings, len(world.windows), first.slot, world.now)
        assert again == first


@pytest.mark.slow
def test_a_week_of_a_hundred_actions_is_simulated_in_a_moment() -> None:
    many = tuple(
        action(f"action-{number:03}", production_gap_s=[None, 0.2, 5.0, 60.0, 900.0][number % 5])
        for number in range(100)
    )
    world = World(campaign(*many, span_s=7 * 24 * HOUR_S)).run()

    assert sum(one.done is not None for one in world.standings.values()) == 100
