"""Where all actions stand, asked after each window: what all windows show, at the cost of the new one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from analysis.format.run_folder import RunFolder
from analysis.format.settled_file import read_settled
from analysis.settings import RecommendSettings
from diag.campaign import windows_judged
from diag.campaign.evidence import read_windows
from diag.campaign.windows_judged import WindowsJudged
from diag.choice.turns_file import Turn
from tests.support.campaigns import BEGAN_AT, action, campaign, write_window

PLAN = campaign(action("orders"), action("stock"), action("unknown"))
QUICK = RecommendSettings(percentile=0.9)


def window(below: Path, number: int, *turns: Turn, part: float = 1.0) -> RunFolder:
    folder = RunFolder(below / f"w{number:04}")
    write_window(folder, turns, BEGAN_AT + 900.0 * number, part=part, timeout_s=1)
    return folder


def windows(below: Path) -> list[RunFolder]:
    """Some with both actions, some with one; one without a call, one cut short."""
    both = (Turn("orders", 6, 1.0, True), Turn("stock", 6, 1.0, True))
    made = [window(below, number, *(both if number % 3 else both[:1])) for number in range(1, 13)]
    made[4] = window(below, 5, *both, part=0.0)
    made[7] = window(below, 8, *both, part=0.3)
    return made


@pytest.mark.slow
def test_it_finds_after_each_window_what_a_new_process_finds(tmp_path: Path) -> None:
    kept = WindowsJudged(PLAN, QUICK)
    settled: list[set[str]] = []
    made = windows(tmp_path)
    for many in range(len(made) + 1):
        found = kept.standings(made[:many])
        assert found == WindowsJudged(PLAN, QUICK).standings(made[:many], remember=False)
        settled.append({one.action_id for one in found.values() if one.settled})

    assert settled[0] == set() and settled[-1] == {"orders", "stock"}
    assert {each for one in made for each in read_settled(one)} == {"orders", "stock"}
    assert sum(bool(read_settled(one)) for one in made) == 2  # each in the window after which it was


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

    # Twice as the newest, and again before one without a call; then once for good.
    assert max(read.count(one.path.name) for one in made) <= 5
    assert judged.count("orders") == 11 and judged.count("stock") == 6


@pytest.mark.slow
def test_another_folder_is_not_mixed_with_the_first(tmp_path: Path) -> None:
    kept = WindowsJudged(PLAN, QUICK)
    kept.standings(windows(tmp_path / "one"))
    other = [window(tmp_path / "two", number, Turn("orders", 5, 1.0, True)) for number in (21, 22, 23)]

    assert kept.standings(other) == WindowsJudged(PLAN, QUICK).standings(other)


@pytest.mark.slow
def test_what_later_calls_took_back_ended_nothing_and_is_taken_out_of_every_window(tmp_path: Path) -> None:
    """A batch by night took it back; judged as if a look had ended it, its number was gone, too."""
    turn, made = Turn("orders", 6, 1.0, True), []
    kept, states = WindowsJudged(PLAN, QUICK), []
    for number in range(1, 12):
        folder = RunFolder(tmp_path / f"w{number:04}")
        slow = number == 9
        write_window(
            folder,
            [turn],
            BEGAN_AT + 900.0 * number,
            latency_ms=lambda call, slow=slow: 9000.0 if slow and call > 1 else 300.0,  # type: ignore[misc]
        )
        made.append(folder)
        states.append(kept.standings(made)["orders"].settled)

    assert states[7] and not states[-1]
    assert [read_settled(one) for one in made] == [()] * len(made)
    assert kept.standings(made)["orders"].settled is False
