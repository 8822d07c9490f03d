"""A campaign in its folder: killed anywhere, without network, asleep; and what it finds when it goes on."""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.coverage.week_of_hours import stated_week
from analysis.format.run_folder import RunFolder
from analysis.samples.read_samples import read_samples
from diag.campaign.campaign import Budget, Campaign
from diag.campaign.drive import SILENT, Driven, Notices, drive
from diag.campaign.evidence import judged_together, with_calls
from diag.campaign.folder import CampaignFolder
from diag.campaign.saved import GoneAction, Saved, TuneQuestion
from diag.campaign.spread import Slot, next_slot
from diag.campaign.standing import ended
from diag.choice.turns_file import TURNS_FILE, Turn, read_order
from diag.errors import UsageError
from tests.support.campaigns import (
    BEGAN_AT,
    HOUR_S,
    FakeOutside,
    Killed,
    action,
    before,
    campaign,
    write_window,
)

DELETED = {"orders": "it was deleted"}
PLAN = campaign(action("orders"), action("stock", production_gap_s=2.0), span_s=HOUR_S)
QUICK = {"percentile": 0.9}
"""A bound of p90 needs 31 calls: a campaign of a few windows is enough."""


def saved(plan: Campaign | None = PLAN) -> Saved:
    question = TuneQuestion("1h", None, (), 7, QUICK)
    return Saved("20260101T000000Z-abcdef", "h", "org-1", "Acme", True, question, plan)


def begun(tmp_path: Path, plan: Campaign = PLAN) -> CampaignFolder:
    folder = CampaignFolder(tmp_path / "tune")
    folder.path.mkdir(parents=True, exist_ok=True)
    if folder.saved() is None:
        folder.begin(saved(plan))
    return folder


def go_on(
    tmp_path: Path,
    outside: FakeOutside,
    plan: Campaign = PLAN,
    *,
    once: bool = False,
    notices: Notices = SILENT,
) -> Driven:
    folder = begun(tmp_path, plan)
    kept = folder.saved()
    assert kept is not None and kept.campaign is not None
    return drive(folder, kept, kept.campaign, outside, once=once, notices=notices)


def rows(folder: CampaignFolder) -> int:
    """Every call in the folder; none of them twice."""
    samples = read_samples([window.path for window in with_calls(folder.windows())])
    assert not samples.skipped
    return len(samples.table)


@pytest.mark.parametrize("where", ["before", "folder", "manifest", "half", "rows"])
@pytest.mark.parametrize("window", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_killed_anywhere_in_a_window_it_loses_no_call_and_makes_none_twice(
    tmp_path: Path, where: str, window: int
) -> None:
    first = FakeOutside(dies=(where, window))
    with pytest.raises(Killed):
        go_on(tmp_path, first)
    later = FakeOutside(time=first.time + 600.0, most=2)
    done = go_on(tmp_path, later)

    folder = begun(tmp_path)
    names = [one.path.name for one in folder.windows()]
    assert done.why == "interrupted"
    assert names == [f"20260101T000000Z-abcdef-w{number:04}" for number in range(1, len(names) + 1)]
    assert rows(folder) == sum(first.made) + sum(later.made)
    assert len(names) == len(first.made) + len(later.made)
    assert sum(one.sent.calls for one in done.reached.values()) == rows(folder)


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
def test_killed_while_the_next_moment_is_written_down_it_decides_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    written = 0
    decide = CampaignFolder.decide

    def dying(folder: CampaignFolder, slot: Slot) -> None:
        nonlocal written
        written += 1
        if written == 3:
            if after:
                decide(folder, slot)
            raise Killed
        decide(folder, slot)

    monkeypatch.setattr(CampaignFolder, "decide", dying)
    first = FakeOutside()
    with pytest.raises(Killed):
        go_on(tmp_path, first)
    later = FakeOutside(time=first.time, most=2)

    assert go_on(tmp_path, later).why == "interrupted"
    assert rows(begun(tmp_path)) == sum(first.made) + sum(later.made)


@pytest.mark.slow
def test_what_is_settled_and_seen_over_time_is_called_no_more(tmp_path: Path) -> None:
    day = campaign(*PLAN.actions)
    folder = begun(tmp_path, day)
    turns = (Turn("orders", 8, 1.0, True), Turn("stock", 8, 1.0, False))
    for number in range(1, 56):
        write_window(
            RunFolder(folder.path / "windows" / f"w{number:04}"),
            turns,
            BEGAN_AT + 1568.0 * number,
            timeout_s=1,
        )
    outside = FakeOutside(time=BEGAN_AT + 23.96 * HOUR_S)
    done = go_on(tmp_path, outside, day)
    evidence = judged_together(folder.windows(), saved().question.settings)

    assert (done.why, outside.tried) == ("over", 0)
    assert all(one.done is not None and not one.stopped for one in done.reached.values())
    assert evidence is not None
    found = {(row.action_id, row.verdict, row.grade, row.samples) for row in evidence.analysis.actions}
    assert found == {("orders", "ok", "B", 440), ("stock", "ok", "B", 385)}  # of 8, the first is a warm-up
    assert evidence.analysis.weak == ()
    assert evidence.samples.settled == set()  # no look stopped it: its number has the bound of all its calls


def test_without_a_network_windows_are_put_off_and_made_up_for(tmp_path: Path) -> None:
    outside = FakeOutside(network=lambda tried: tried > 4, most=3)
    done = go_on(tmp_path, outside)

    assert done.why == "interrupted"
    assert outside.tried == 7
    assert outside.time - BEGAN_AT > 4 * 100.0  # not tried again at once
    assert len(begun(tmp_path).windows()) == 3


def test_once_makes_the_window_that_is_due_and_no_other(tmp_path: Path) -> None:
    outside = FakeOutside(time=BEGAN_AT)
    slow = replace(PLAN, windows=4)
    first = go_on(tmp_path, outside, slow, once=True)
    while first.why == "not due":
        outside.time += 300.0
        first = go_on(tmp_path, outside, slow, once=True)
    second = go_on(tmp_path, outside, slow, once=True)

    assert (first.why, len(outside.made)) == ("made", 1)
    assert second.why == "not due"
    assert second.slot is not None and second.slot.due_at - outside.time > 300.0


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
def test_once_learns_from_its_windows_how_often_it_is_run(tmp_path: Path) -> None:
    day = campaign(action("orders"))
    outside = FakeOutside(timeout_s=1)
    for visit in range(7):
        outside.time = BEGAN_AT + 900.0 * (visit + 1)
        go_on(tmp_path, outside, day, once=True)

    assert max(outside.made[:3]) <= 2
    assert outside.made[-1] == 5  # of 405 calls over 96 visits


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


def test_when_production_calls_is_kept_and_each_window_is_told_of_its_own_actions(tmp_path: Path) -> None:
    weeks = {"orders": stated_week(["01:00-05:00"], "UTC"), "other": stated_week(["09:00-10:00"], "UTC")}
    outside = FakeOutside(most=1)
    go_on(tmp_path, outside, replace(PLAN, production_weeks=weeks))
    kept = begun(tmp_path).saved()
    (window,) = begun(tmp_path).windows()
    order = read_order(window.path / TURNS_FILE)

    assert kept is not None and kept.campaign is not None and kept.campaign.production_weeks == weeks
    assert order.production_weeks == {"orders": weeks["orders"]}
    assert order.may_call_until == PLAN.until


def test_a_campaign_that_did_not_keep_when_production_calls_still_opens(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    body = json.loads(folder.campaign.read_text())
    del body["campaign"]["production_weeks"]
    folder.campaign.write_text(json.dumps(body))
    kept = folder.saved()

    assert kept is not None and kept.campaign is not None and kept.campaign.production_weeks is None


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


def test_that_a_window_is_made_up_for_is_said_only_where_there_is_time_for_it(tmp_path: Path) -> None:
    said: list[tuple[str, bool]] = []
    outside = FakeOutside(network=lambda tried: False)
    done = go_on(tmp_path, outside, notices=Notices(on_put_off=lambda why, later: said.append((why, later))))

    assert done.why == "over"
    assert outside.time <= PLAN.until - PLAN.window_s + 1.0  # nothing is waited for any more
    assert said == [("No network.", True)] * (len(said) - 1) + [("No network.", False)]
    assert len(said) > 10


def test_after_the_span_it_is_over_and_nothing_is_called(tmp_path: Path) -> None:
    outside = FakeOutside(time=PLAN.until + 1.0)

    assert go_on(tmp_path, outside).why == "over"
    assert outside.tried == 0


@pytest.mark.slow
def test_one_window_in_twenty_that_was_cut_short_does_not_weaken_the_rest(tmp_path: Path) -> None:
    first = FakeOutside(dies=("half", 2))
    with pytest.raises(Killed):
        go_on(tmp_path, first)
    folder = begun(tmp_path)
    few = judged_together(folder.windows(), saved().question.settings)
    go_on(tmp_path, FakeOutside(time=first.time, most=12))
    many = judged_together(folder.windows(), saved().question.settings)

    assert few is not None and many is not None
    assert "is still running, or was stopped from outside" in few.analysis.weak[0]
    assert many.analysis.weak == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "campaign.json"),
        ("[]", "is not a campaign of diag tune"),
        ('{"kind": "diag plan"}', "is not a campaign of diag tune"),
        ('{"kind": "diag campaign", "format_version": 9}', "has format_version 9, this diag reads 1"),
        ('{"kind": "diag campaign", "format_version": 1}', "is damaged"),
    ],
)
def test_a_damaged_or_foreign_campaign_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    folder = CampaignFolder(tmp_path)
    folder.campaign.write_text(text)

    with pytest.raises(UsageError, match=says):
        folder.saved()


@pytest.mark.parametrize(
    "forged",
    [
        {"until": BEGAN_AT - 1.0},
        {"until": BEGAN_AT + 1e9},
        {"windows": 0},
        {"actions": []},
        {"hours": {"spans": [[0, 60]], "days": [0], "zone": "../etc"}},
        {"hours": {"spans": [[0, 60]], "days": [9], "zone": "UTC"}},
        {"budget": {"calls_per_s": 0, "in_flight": 10}},
        {"production_weeks": {"orders": {"zone": "UTC", "calls": [1.0], "known_from": "telemetry"}}},
        {"production_weeks": {"orders": {"zone": "../etc", "calls": [1.0] * 168, "known_from": "stated"}}},
        {"production_weeks": []},
    ],
)
def test_a_forged_campaign_is_refused(tmp_path: Path, forged: dict[str, object]) -> None:
    folder = begun(tmp_path)
    body = json.loads(folder.campaign.read_text())
    body["campaign"].update(forged)
    folder.campaign.write_text(json.dumps(body))

    with pytest.raises(UsageError, match="is damaged"):
        folder.saved()


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(UsageError, match=r"holds something else \(notes\.txt\)"):
        CampaignFolder(tmp_path).saved()


def test_a_folder_that_a_kill_left_before_anything_was_decided_is_used(tmp_path: Path) -> None:
    (tmp_path / ".campaign.json.17.tmp").write_text("{")
    (tmp_path / "production.json").write_text("{}")

    assert CampaignFolder(tmp_path).saved() is None


def test_only_one_process_at_a_time_holds_a_folder(tmp_path: Path) -> None:
    folder = CampaignFolder(tmp_path / "new")

    assert folder.lock() is not None
    assert folder.lock() is None


def test_a_lost_or_damaged_slot_is_decided_anew(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    (folder.path / "slot.json").write_text('{"number": "one"}')

    assert folder.slot() is None
    assert go_on(tmp_path, FakeOutside(most=1)).why == "interrupted"
