import io
from dataclasses import replace

import pytest
from rich.console import Console

from diag.measuring.run_progress import ActionProgress, JobCounts, RunProgress
from diag.measuring_dialog.progress_table import live_table


def progress(*actions: ActionProgress, elapsed_s: float = 30.0, notes: tuple[str, ...] = ()) -> RunProgress:
    return RunProgress(elapsed_s, 90.0, 120, 100, 10, 10, 3, 4, 20.0, actions, notes)


def drawn(told: RunProgress, width: int, rows: int = 24) -> list[str]:
    console = Console(width=width, file=io.StringIO(), record=True, force_terminal=False)
    console.print(live_table(told, rows=rows, width=width))
    return [line.rstrip() for line in console.export_text().splitlines()]


NAME = "A name that is far too long for a terminal" * 3
LONG = ActionProgress("a", NAME, 90, 80, 10, more_calls=90, p50_ms=120.0)
REFUSED = ActionProgress("b", "Refused", 76, 0, 0, 76, 0, settled=True)


@pytest.mark.parametrize("width", [80, 120])
def test_each_action_is_one_line_and_nothing_is_cut_off_but_a_name(width: int) -> None:
    lines = drawn(progress(LONG, REFUSED), width)

    assert len(lines) == 4
    assert all(len(line) <= width for line in lines)
    assert lines[1].startswith("A name that")
    half = 4 if width == 80 else 7
    assert "█" * half + "░" * half in lines[1]
    assert lines[1].endswith("120 ms  beyond")
    assert lines[2].split() == ["Refused", "settled", "76", "0", "0", "76", "-", "-"]
    assert lines[3] == "30 s · 60 s left · 4.0 of 20.0 calls/s · 4 in flight · 3 held back"


def test_of_more_actions_than_fit_those_at_work_are_shown() -> None:
    many = [ActionProgress(f"{n}", f"Action {n}", 5, 5, settled=n < 30) for n in range(40)]
    lines = drawn(progress(*many), 100, rows=12)

    assert [line.split()[1] for line in lines[1:11]] == [str(n) for n in range(30, 40)]
    assert lines[12].split() == ["and", "29", "more", "29", "settled"]
    assert "60 s left" in lines[13]


def test_jobs_and_notes_are_told_below() -> None:
    submit = ActionProgress("a", "Start Export", 10, 10, jobs=JobCounts(10, 5, 1, 2))
    lines = drawn(progress(submit, notes=("one", "two", "three", "fo\x1bur")), 100)

    assert lines[3] == "Start Export: 5 jobs done, 4 running, 1 ended otherwise"
    assert lines[4:] == ["two", "three", "fo�ur"]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_invented_inputs_stand_beside_the_times_they_gave(width: int) -> None:
    made_up = replace(LONG, action_name="Made up", invented_share=1.0)
    some = replace(LONG, action_name="Some", invented_share=0.4)
    text = " ".join(" ".join(drawn(progress(made_up, some, REFUSED), width)).split())

    assert text.index("Made up") < text.index("invented") < text.index("Some") < text.index("40 % invented")
    assert text.count("invented") == 2
    assert "inputs" not in " ".join(drawn(progress(LONG), width))
