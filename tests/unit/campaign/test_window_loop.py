"""A campaign in its folder: killed anywhere, without network, asleep; and what it finds when it goes on."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.format.manifest import Manifest, Status, read_manifest
from analysis.format.run_folder import RunFolder
from analysis.samples.read_samples import read_samples
from diag.campaign.folder import CampaignFolder
from diag.campaign.judged_together import judged_together, with_calls
from diag.campaign.when_next_window import Slot
from diag.campaign.window_loop import MadeWindow, Notices
from diag.choice.turns_file import Turn, WindowOrder
from diag.judged_files import gather
from diag.measuring.run_lock import take_lock
from tests.support.campaigns import (
    BEGAN_AT,
    HOUR_S,
    FakeOutside,
    Killed,
    action,
    campaign,
    write_window,
)
from tests.support.driven_campaigns import PLAN, begun, go_on, saved


def rows(folder: CampaignFolder) -> int:
    """Every call in the folder; none of them twice."""
    samples = read_samples([window.path for window in with_calls(folder.windows())])
    assert not samples.skipped
    return len(samples.table)


def manifests(folder: CampaignFolder) -> list[Manifest]:
    return [one for one in map(read_manifest, folder.windows()) if one is not None]


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


@pytest.mark.slow
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


@pytest.mark.slow
def test_once_learns_from_its_windows_how_often_it_is_run(tmp_path: Path) -> None:
    day = campaign(action("orders"))
    outside = FakeOutside(timeout_s=1)
    for visit in range(7):
        outside.time = BEGAN_AT + 900.0 * (visit + 1)
        go_on(tmp_path, outside, day, once=True)

    assert max(outside.made[:3]) <= 2
    assert outside.made[-1] == 5  # of 405 calls over 96 visits


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
    assert (
        gather((folder.path,), saved().question.settings).analysis.weak == ()
    )  # so have it recommend, check
    assert "is still running, or was stopped from outside" in few.analysis.weak[0]
    assert many.analysis.weak == ()


def test_of_a_window_whose_load_was_killed_only_what_it_holds_whole_counts(tmp_path: Path) -> None:
    """The slow calls were in flight longest: of the last ones only the quick have a row."""
    folder = begun(tmp_path)
    turns = (Turn("orders", 20, 1.0, True),)
    ended: tuple[Status, ...] = ("complete", "running", "incomplete", "complete")
    for number, status in enumerate(ended, start=1):
        at = BEGAN_AT + 600.0 * number
        oldest = {} if status == "complete" else {"orders": at + 14.0}
        write_window(
            RunFolder(folder.path / "windows" / f"w{number:04}"), turns, at, status=status, oldest=oldest
        )

    done = go_on(tmp_path, FakeOutside(time=BEGAN_AT + 24 * HOUR_S))

    samples = read_samples([window.path for window in folder.windows()])
    assert done.reached["orders"].sent.calls == len(samples.table) == 20 + 14 + 14 + 20
    assert [one.rows for one in samples.skipped] == [6, 6]
    statuses = [manifest.status for manifest in manifests(folder)]
    assert statuses == ["complete", "interrupted", "interrupted", "complete"]


@pytest.mark.parametrize("text", ["{half", '{"format_version": 99}'])
def test_a_damaged_manifest_of_one_window_stops_no_campaign(tmp_path: Path, text: str) -> None:
    folder = begun(tmp_path)
    turns = (Turn("orders", 20, 1.0, True),)
    for number in range(1, 4):
        write_window(RunFolder(folder.path / "windows" / f"w{number:04}"), turns, BEGAN_AT + 600.0 * number)
    folder.windows()[1].manifest.write_text(text)

    done = go_on(tmp_path, FakeOutside(time=BEGAN_AT + 24 * HOUR_S), once=True)

    assert done.reached["orders"].sent.calls == 60
    assert folder.begun_at(3) == [BEGAN_AT + 600.0, BEGAN_AT + 1800.0]


def test_a_window_in_which_a_load_is_still_at_work_stays_as_it_is(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    window = RunFolder(folder.path / "windows" / "w0001")
    write_window(window, (Turn("orders", 20, 1.0, True),), BEGAN_AT, status="running")
    lock = take_lock(window.path)
    assert lock is not None
    folder.end_killed()
    assert [one.status for one in manifests(folder)] == ["running"]
    os.close(lock)
    folder.end_killed()
    assert [one.status for one in manifests(folder)] == ["interrupted"]


def test_a_load_that_is_killed_in_its_window_leaves_what_it_holds_whole(tmp_path: Path) -> None:
    class OneKilled(FakeOutside):
        def make(self, folder: RunFolder, order: WindowOrder, window_s: float) -> MadeWindow:
            write_window(folder, order.turns, self.time, status="running", oldest={"stock": self.time + 3.0})
            self.time += window_s
            return MadeWindow("interrupted")

    done = go_on(tmp_path, OneKilled())

    folder = begun(tmp_path)
    (window,) = folder.windows()
    assert [one.status for one in manifests(folder)] == ["interrupted"]
    starts = read_samples([window.path]).table["started_at"]
    assert done.reached["orders"].sent.calls and starts.max() < starts.min() + 3.0
