from dataclasses import replace
from pathlib import Path

import pytest

from analysis.format.run_folder import RunFolder
from diag.measuring.run_progress import ActionProgress, RunProgress
from loadtests.run.run_phase import RunPhase, Step
from loadtests.run.web_rows import COLUMNS, rows

NOW = RunProgress(
    elapsed_s=61.0,
    planned_s=120.0,
    calls=90,
    ok=90,
    timeouts=0,
    errors=0,
    dropped=0,
    in_flight=2,
    offered_rate=1.5,
    actions=(ActionProgress("a", "Get A", calls=60), ActionProgress("b", "Get B", calls=30, settled=True)),
)


def states(folder: Path, step: Step, result: str | None = None, *, reports: bool = True) -> list[object]:
    return [row["state"] for row in rows(NOW, RunPhase(RunFolder(folder), step, result, reports=reports))]


def test_the_table_says_what_a_run_waits_for(tmp_path: Path) -> None:
    assert states(tmp_path, "measuring") == [
        "measuring",
        "settled",
        "61 s; 59 s left; 1.5 of 1.5 calls/s, 2 in flight",
    ]
    assert states(tmp_path, "ending") == [
        "ending",
        "settled",
        "61 s; stopped, 2 calls in flight are waited for",
    ]
    assert states(tmp_path, "reporting", "complete") == [
        "measured",
        "settled",
        "61 s; complete",
        f"is being written: {tmp_path / 'report.html'}",
    ]


@pytest.mark.parametrize("written", [True, False])
def test_the_table_names_the_report_or_how_to_see_why_there_is_none(tmp_path: Path, *, written: bool) -> None:
    if written:
        (tmp_path / "report.html").touch()
    shown = states(tmp_path, "over", "complete")[-1]
    there = f"{tmp_path / 'report.html'} (link: Download Data)"
    assert shown == (there if written else f"could not be written; to see why: diag report {tmp_path}")


def test_a_run_whose_report_is_written_elsewhere_has_no_row_for_it(tmp_path: Path) -> None:
    assert states(tmp_path, "over", "incomplete: not one call was made", reports=False)[-1] == (
        "61 s; incomplete: not one call was made"
    )


def test_the_table_says_whose_inputs_are_invented(tmp_path: Path) -> None:
    first, second = NOW.actions
    now = replace(NOW, actions=(replace(first, invented_share=1.0), replace(second, invented_share=0.25)))

    shown = rows(now, RunPhase(RunFolder(tmp_path), "measuring", None, reports=True))

    assert [row["inputs"] for row in shown] == ["invented", "25 % invented", ""]
    assert all(set(row) == {key for key, _ in COLUMNS} for row in shown)
