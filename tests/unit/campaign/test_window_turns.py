"""How the calls of an action fall into windows: few in each, at one pace from the first to the last."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.campaign.campaign import Budget, Campaign, to_the_end
from diag.campaign.standing import Sent
from diag.campaign.when_next_window import Slot
from diag.campaign.window_turns import CATCH_UP, turns
from diag.choice.turns_file import Turn
from tests.support.campaigns import BEGAN_AT, FEWEST, HOUR_S, World, action, before, campaign
from tests.support.examples import examples

DAY_S = 24 * HOUR_S


def made(plan: Campaign, wanted: int | None = None) -> list[tuple[float, int]]:
    """When the windows of a campaign of one action began, and how many calls it got there."""
    world = World(plan)
    if wanted is not None:
        world.standings = {name: replace(one, wanted=wanted) for name, one in before(plan).items()}
    return [(at - BEGAN_AT, sum(turn.calls for turn in chosen)) for at, chosen in world.run().windows]


def moments(windows: Sequence[tuple[float, int]]) -> list[float]:
    return [at for at, _ in windows]


def test_calls_of_an_action_are_made_in_almost_as_many_windows() -> None:
    windows = made(campaign())

    assert sum(calls for _, calls in windows) == to_the_end(FEWEST) == 405
    assert max(calls for _, calls in windows) <= 2 and len(windows) >= 400
    assert len(made(campaign(span_s=3 * DAY_S))) == pytest.approx(405, abs=3)


def test_the_first_look_comes_in_time_to_go_on_and_the_last_call_near_the_end() -> None:
    windows = made(campaign())
    sent = list(itertools.accumulate(calls for _, calls in windows))
    look = next(at for (at, _), calls in zip(windows, sent, strict=True) if calls >= FEWEST)

    assert 20.5 * HOUR_S < look < 22 * HOUR_S
    assert windows[-1][0] > 23.8 * HOUR_S


@pytest.mark.slow
@settings(max_examples=examples(20))
@given(
    seed=st.integers(0, 10_000),
    wanted=st.sampled_from([405, 500, 1050]),
    gap_s=st.sampled_from([None, 0.5, 20.0]),
)
def test_no_part_of_the_span_counts_for_more_than_another(
    seed: int, wanted: int, gap_s: float | None
) -> None:
    windows = made(campaign(action(production_gap_s=gap_s), seed=seed), wanted)
    thirds = [sum(calls for at, calls in windows if at // (7.77 * HOUR_S) == third) for third in range(3)]

    assert max(thirds) - min(thirds) < 0.1 * wanted
    assert max(later - at for at, later in itertools.pairwise(moments(windows))) < HOUR_S


@pytest.mark.parametrize("gap_s", [None, 0.5])
def test_one_that_wanted_more_for_a_while_is_not_left_uncalled_until_its_pace_has_caught_up(
    gap_s: float | None,
) -> None:
    """A slow call or two made it want 2,100 for a while. A weekly batch fell into the gap after that."""
    world = World(campaign(action(production_gap_s=gap_s))).run(200)
    one = world.standings["orders"]
    for wanted, steps in ((2100, 100), (one.wanted, 100_000)):
        world.standings["orders"] = replace(world.standings["orders"], wanted=wanted, done=None)
        world.run(steps)
    begins = [at for at, _ in world.windows]

    assert max(later - at for at, later in itertools.pairwise(begins)) < (1500 if gap_s is None else 3600)


def test_a_warm_action_gets_five_calls_at_a_time_all_through_the_span() -> None:
    """Its first ones do not count. Alone, it stood still for half a day and hurried in the last two hours."""
    busy = action("busy", production_gap_s=0.5)
    world = World(campaign(busy)).run()
    chosen = [turn for _, turns in world.windows[1:] for turn in turns]

    assert {turn.calls for turn in chosen} == {5} and not any(turn.every_call_counts for turn in chosen)
    assert world.standings["busy"].done is not None
    assert 98 <= len(world.windows) <= 106


@pytest.mark.slow
def test_warm_actions_are_not_all_called_in_the_same_windows() -> None:
    busy = [action(f"busy-{number:02}", production_gap_s=0.5) for number in range(24)]
    world = World(campaign(*busy)).run()

    assert len(world.windows) > 320
    assert max(len(chosen) for _, chosen in world.windows[1:-1]) <= 16


def test_a_warm_action_that_only_lacks_hours_is_called_in_every_window_that_is_left() -> None:
    """It is ahead of its pace, and still the hours to come are those it waits for."""
    busy = action("busy", production_gap_s=0.5)
    plan = campaign(busy)
    slot = Slot(285, BEGAN_AT + 19 * HOUR_S, BEGAN_AT + 20 * HOUR_S, plan.windows - 285)
    ahead = replace(before(plan)["busy"], sent=Sent(369, BEGAN_AT, 0.5), wanted=438)

    assert turns(plan, slot, {"busy": ahead}, slot.due_at) == ()
    (turn,) = turns(plan, slot, {"busy": replace(ahead, lacks="the nights")}, slot.due_at)
    assert turn.calls == 5


@pytest.mark.parametrize("gap_s", [None, 0.5])
def test_what_is_wanted_beyond_the_first_number_comes_at_twice_the_pace_at_most(gap_s: float | None) -> None:
    """All in the last windows, a thousand calls of two hours would outvote those of the day."""
    world = World(campaign(action(production_gap_s=gap_s)))
    world.run(1)
    while world.standings["orders"].sent.calls < FEWEST:
        world.run(1)
    more, look, sent = len(world.windows), world.now, world.calls["orders"]
    world.standings["orders"] = replace(world.standings["orders"], wanted=5000)
    world.run()
    after = [chosen[0].calls for _, chosen in world.windows[more:]]

    assert 1.2 * sent <= sent + sum(after) <= sent * (DAY_S / (look - BEGAN_AT)) ** (CATCH_UP + 0.5)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("gap_s", [None, 0.5, 20.0])
def test_cron_every_five_minutes_keeps_up(seed: int, gap_s: float | None) -> None:
    """It waits for the window that is due within five minutes, and begins anew when that is over."""
    world = World(campaign(action(production_gap_s=gap_s), seed=seed))
    begun = 0

    def until_cron_begins_again(step: int) -> float:
        nonlocal begun
        before, begun = begun, len(world.windows)
        return -world.now % 300.0 if begun > before else 0.0

    world.sleeps = until_cron_begins_again
    world.run()

    assert world.standings["orders"].done is not None
    assert world.now > BEGAN_AT + 20 * HOUR_S


@pytest.mark.parametrize("apart_s", [900.0, 3600.0])
def test_cron_that_comes_rarely_spreads_what_is_needed_over_its_visits(apart_s: float) -> None:
    """Every 15 min: 37 % of its 308 calls came in the last tenth of the day, as if missed ones could come."""
    world = World(campaign(), visits_apart_s=apart_s)
    begun = 0

    def until_cron_comes(step: int) -> float:
        nonlocal begun
        before, begun = begun, len(world.windows)
        return -world.now % apart_s if begun > before else 0.0

    world.sleeps = until_cron_comes
    world.run()
    visits = [chosen[0].calls for _, chosen in world.windows]

    assert world.calls["orders"] >= to_the_end(FEWEST)
    assert max(visits[8:]) <= 1.5 * math.ceil(to_the_end(FEWEST) * apart_s / DAY_S)
    assert sum(visits[-len(visits) // 10 :]) <= 0.15 * sum(visits)


def test_what_a_sleep_missed_is_made_up_for_in_many_windows() -> None:
    """Half a day lost: twice as many calls in each of what is left, more windows, and no burst."""
    world = World(campaign(), sleeps=lambda step: 12 * HOUR_S if step == 100 else 0.0).run()
    calls = [turn.calls for at, chosen in world.windows for turn in chosen if at > BEGAN_AT + 14 * HOUR_S]

    assert world.standings["orders"].done is not None
    assert max(calls) <= 6 and world.now > BEGAN_AT + 20 * HOUR_S


def test_a_turn_is_the_same_however_often_it_is_asked_for() -> None:
    plan = campaign(action("a"), action("b", production_gap_s=0.5))
    world = World(plan).run(60)
    slot = Slot(60, world.now, world.now + 300.0, plan.windows - 59)
    asked: list[tuple[Turn, ...]] = [turns(plan, slot, world.standings, world.now) for _ in range(3)]

    assert asked[0] == asked[1] == asked[2]


def test_one_that_was_answered_early_is_called_on_at_its_pace_and_behind_all_others() -> None:
    plan = campaign(action("early"), *(action(f"open-{number:02}") for number in range(3)))
    world = World(plan).run(300)
    early = replace(world.standings["early"], sent=Sent(420, world.now, 0.5), wanted=350, answered=True)
    standings = {**world.standings, "early": early}
    slots = [
        Slot(200 + n, world.now + 240.0 * n, world.now + 240.0 * (n + 1), plan.windows - 199 - n)
        for n in range(40)
    ]
    found = [turns(plan, slot, standings, slot.due_at) for slot in slots]

    assert 30 <= sum(turn.calls for chosen in found for turn in chosen if turn.action_id == "early") <= 40
    tight = replace(plan, budget=Budget(0.02, 10))
    assert all(
        "early" not in {turn.action_id for turn in turns(tight, one, standings, one.due_at)} for one in slots
    )
