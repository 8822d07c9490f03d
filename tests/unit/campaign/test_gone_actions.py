"""Actions that are gone while a campaign goes on: asked for now and then, called again once they are back."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from diag.campaign.campaign import Budget
from diag.campaign.saved import GoneAction
from diag.campaign.standing import ended
from diag.campaign.when_next_window import next_slot
from diag.campaign.window_loop import Notices
from diag.errors import UsageError
from tests.support.campaigns import (
    BEGAN_AT,
    HOUR_S,
    FakeOutside,
    before,
    campaign,
)
from tests.support.driven_campaigns import PLAN, begun, go_on

DELETED = {"orders": "it was deleted"}


@pytest.mark.slow
def test_an_action_that_is_gone_ends_and_the_campaign_goes_on_without_it(tmp_path: Path) -> None:
    outside = FakeOutside(lost=DELETED, most=3)
    done = go_on(tmp_path, outside)
    one = done.reached["orders"]

    assert one.gone is not None and one.gone.is_certain
    assert (done.why, one.done) == ("interrupted", "it was deleted")
    assert done.reached["stock"].done is None and done.reached["stock"].sent.calls > 0
    assert {each: gone.why for each, gone in begun(tmp_path).gone().items()} == DELETED
    assert [ids for _, ids in outside.asked] == [("orders",)]  # once more, in the second window


@pytest.mark.slow
def test_what_stays_gone_is_asked_for_once_an_hour_or_in_a_twelfth_of_the_span(tmp_path: Path) -> None:
    """Each time costs a list of all actions: not one in every window, of which a day has 418."""
    plan = campaign(*PLAN.actions, span_s=4 * HOUR_S)
    begun(tmp_path, plan).lose(DELETED, BEGAN_AT)
    outside = FakeOutside(lost=DELETED, network=lambda tried: False)
    go_on(tmp_path, outside, plan)
    times = [at for at, _ in outside.asked]

    assert outside.tried > 40
    assert 10 <= len(times) <= 12
    assert all(later - at >= 4 * HOUR_S / 12 for at, later in itertools.pairwise(times))


@pytest.mark.slow
def test_what_is_there_again_is_called_again_and_that_is_said(tmp_path: Path) -> None:
    """Renamed for a minute, or moved and moved back: it was lost to the campaign for good."""
    said: list[Sequence[str]] = []
    outside = FakeOutside(lost=DELETED, back_at=BEGAN_AT + 300.0, most=7)
    done = go_on(tmp_path, outside, notices=Notices(on_back=said.append))

    assert done.reached["orders"].gone is None and done.reached["orders"].sent.calls > 0
    assert [ids for ids in said if ids] == [("orders",)]
    assert begun(tmp_path).gone() == {}


def test_where_every_open_action_is_gone_it_is_asked_once_more_and_then_the_campaign_is_over(
    tmp_path: Path,
) -> None:
    """Not put off, window by window, to the end of the span; and not ended by a minute of another name."""
    lost = {"orders": "it was deleted", "stock": "it was renamed"}
    outside = FakeOutside(lost=lost)
    done = go_on(tmp_path, outside)

    assert (done.why, outside.tried) == ("over", 1)
    assert [ids for _, ids in outside.asked] == [("orders", "stock")]
    assert outside.time < PLAN.began_at + 4 * PLAN.window_s + 300.0
    assert all(one.gone for one in done.reached.values())

    over = FakeOutside(time=outside.time + 60.0, lost=lost)  # a new process asks, and ends as well
    assert go_on(tmp_path, over, once=True).why == "over"
    assert (len(over.asked), over.tried) == (1, 0)

    back = FakeOutside(time=outside.time + 120.0, most=1)
    assert go_on(tmp_path, back).why == "interrupted"
    assert begun(tmp_path).gone() == {} and sum(back.made) == 2


def test_an_org_that_does_not_answer_ends_no_campaign(tmp_path: Path) -> None:
    outside = FakeOutside(lost={"orders": "gone", "stock": "gone"}, answers=False)
    done = go_on(tmp_path, outside)

    assert (done.why, outside.tried) == ("over", 1)
    assert outside.time > PLAN.until - 2 * 120.0  # to the end of the span, one question a window
    assert 10 <= len(outside.asked) <= PLAN.windows + 1
    assert not any(one.is_certain for one in begun(tmp_path).gone().values())


@pytest.mark.slow
def test_a_mistake_in_the_workload_is_raised_and_no_action_is_lost_by_it(tmp_path: Path) -> None:
    class Mistaken(FakeOutside):
        def find_gone(self, action_ids: Sequence[str]) -> Mapping[str, str] | None:
            raise UsageError("Inputs of 'orders' do not fit its contract.")

    first = FakeOutside(lost=DELETED, most=1)
    go_on(tmp_path, first)
    kept = begun(tmp_path).gone()
    with pytest.raises(UsageError, match="do not fit"):
        go_on(tmp_path, Mistaken(time=first.time))

    assert begun(tmp_path).gone() == kept
    done = go_on(tmp_path, FakeOutside(time=first.time + 60.0, most=2))
    assert done.reached["orders"].gone is None


def test_what_an_earlier_diag_wrote_down_as_gone_is_asked_for_again(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    text = '{"gone": {"orders": "Inputs do not fit", "stock": "Inputs do not fit"}, "format_version": 1}'
    (folder.path / "gone.json").write_text(text)
    outside = FakeOutside(most=2)

    assert go_on(tmp_path, outside).why == "interrupted"
    assert folder.gone() == {} and sum(outside.made) > 0


def test_where_all_of_a_window_are_gone_it_is_made_for_the_others_at_once(tmp_path: Path) -> None:
    one_at_a_time = replace(PLAN, budget=Budget(calls_per_s=0.02, in_flight=10))
    due = next_slot(one_at_a_time, 0, BEGAN_AT)
    outside = FakeOutside(lost=DELETED)
    done = go_on(tmp_path, outside, one_at_a_time, once=True)

    assert due is not None and (done.why, outside.tried) == ("made", 2)
    assert outside.time < due.due_at + 60.0 and done.reached["stock"].sent.calls == 1


def test_one_that_was_done_before_it_went_keeps_its_answer(tmp_path: Path) -> None:
    done = replace(before(PLAN)["orders"], done="more calls would not change the number", timeout_s=3)

    assert ended(done, GoneAction("it was deleted")) == done


@pytest.mark.parametrize(
    "text", ["", "{", '{"gone": []}', '{"gone": {"orders": 7}}', '{"gone": {}, "asked_at": {"orders": -1}}']
)
def test_what_is_gone_is_found_out_anew_where_its_file_is_damaged(tmp_path: Path, text: str) -> None:
    folder = begun(tmp_path)
    (folder.path / "gone.json").write_text(text)

    assert folder.gone() == {}
    folder.lose({"orders": "it was deleted"}, 7.0)
    folder.lose({"stock": "it was renamed"}, 8.0)
    assert folder.gone() == {
        "orders": GoneAction("it was deleted", 7.0),
        "stock": GoneAction("it was renamed", 8.0),
    }
