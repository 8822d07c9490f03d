"""Where all actions stand, asked after each window: what all windows show, at the cost of the new one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from analysis.format.run_folder import RunFolder
from analysis.format.settled_file import read_settled, write_settled
from analysis.recommend_settings import RecommendSettings
from diag.campaign import windows_judged
from diag.campaign.judged_together import read_windows
from diag.campaign.windows_judged import WindowsJudged
from diag.choice.turns_file import Turn
from tests.support.campaigns import BEGAN_AT, action, campaign, write_window

PLAN = campaign(action("orders"), action("stock"), action("unknown"))
QUICK = RecommendSettings(percentile=0.9)


def window(below: Path, number: int, *turns: Turn, part: float = 1.0) -> RunFolder:
    folder = RunFolder(below / f"w{number:04}")
    slow = [turn.action_id == "stock" for turn in turns for _ in range(turn.calls)]
    write_window(
        folder,
        turns,
        BEGAN_AT + 900.0 * number,
        latency_ms=lambda call: 35_000.0 if slow[call - 1] else 300.0 + call % 7,
        part=part,
        timeout_s=60,
    )
    return folder


def windows(below: Path) -> list[RunFolder]:
    """Some with both actions, some with one, and one of the two beyond any cap; one without a call, one cut
    short."""
    both = (Turn("orders", 6, 1.0, True), Turn("stock", 8, 1.0, True))
    made = [window(below, number, *(both if number % 3 else both[:1])) for number in range(1, 13)]
    made[4] = window(below, 5, *both, part=0.0)
    made[7] = window(below, 8, *both, part=0.3)
    return made


@pytest.mark.slow
def test_it_finds_after_each_window_what_a_new_process_finds(tmp_path: Path) -> None:
    kept = WindowsJudged(PLAN, QUICK)
    stopped: list[set[str]] = []
    made = windows(tmp_path)
    for many in range(len(made) + 1):
        found = kept.standings(made[:many])
        assert found == WindowsJudged(PLAN, QUICK).standings(made[:many], remember=False)
        stopped.append({one.action_id for one in found.values() if one.stopped})

    assert stopped[0] == set() and stopped[-1] == {"stock"}
    assert {each for one in made for each in read_settled(one)} == {"stock"}
    assert sum(bool(read_settled(one)) for one in made) == 1  # the window after which it was


@pytest.mark.slow
def test_a_window_that_has_ended_is_read_no_more_and_no_other_action_judged_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    judged: list[str] = []
    really_judge = WindowsJudged._one

    def reading(those: Sequence[RunFolder]) -> Any:
        read.extend(one.path.name for one in those)
        return read_windows(those)

    def judging(whole: WindowsJudged, one: Any, *rest: Any) -> Any:
        judged.append(one.action_id)
        return really_judge(whole, one, *rest)

    monkeypatch.setattr(windows_judged, "read_windows", reading)
    monkeypatch.setattr(WindowsJudged, "_one", judging)
    kept, made = WindowsJudged(PLAN, QUICK), windows(tmp_path)
    for many in range(1, len(made) + 1):
        kept.standings(made[:many])
        kept.standings(made[:many])

    # Once each, but for the one in which was written down what is settled.
    again = [one for one in made if read_settled(one)]
    assert read.count(again[0].path.name) == 2 and len(read) == len(set(read)) + 1
    assert len(set(read)) == len(made) - 1  # one holds no call
    assert judged.count("orders") == 11 and judged.count("stock") == 6


@pytest.mark.slow
@pytest.mark.parametrize("more", [0, 1, 2])
def test_of_a_window_that_went_on_every_call_counts_however_many_came_after_it(
    tmp_path: Path, more: int
) -> None:
    kept, made = WindowsJudged(PLAN, QUICK), windows(tmp_path)[:4]
    window(tmp_path, 2, Turn("orders", 6, 1.0, True), part=0.5)
    half = kept.standings(made[:2])
    window(tmp_path, 2, Turn("orders", 6, 1.0, True))
    whole = kept.standings(made[: 2 + more])

    assert half["orders"].sent.calls == 6 + 3
    assert whole["orders"].sent.calls == 6 * (2 + more)
    assert whole == WindowsJudged(PLAN, QUICK).standings(made[: 2 + more], remember=False)


@pytest.mark.slow
def test_another_folder_is_not_mixed_with_the_first(tmp_path: Path) -> None:
    kept = WindowsJudged(PLAN, QUICK)
    kept.standings(windows(tmp_path / "one"))
    other = [window(tmp_path / "two", number, Turn("orders", 5, 1.0, True)) for number in (21, 22, 23)]

    assert kept.standings(other) == WindowsJudged(PLAN, QUICK).standings(other)


def test_what_no_final_verdict_stopped_is_taken_out_of_every_window(tmp_path: Path) -> None:
    """Written down by a version that took its number for settled after some 318 calls: judged as if a look
    had ended it, it would have another bound."""
    made = windows(tmp_path)[:4]
    for folder in made[1:3]:
        write_settled(folder, {"orders", "elsewhere"})
    reached = WindowsJudged(PLAN, QUICK).standings(made)

    assert not reached["orders"].stopped
    assert [read_settled(one) for one in made] == [(), ("elsewhere",), ("elsewhere",), ()]
