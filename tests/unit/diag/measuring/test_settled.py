import json
from pathlib import Path

from analysis.run_folder import RunFolder
from diag.measuring.settled import complete_until


def write(folder: RunFolder, worker: str, *lines: dict[str, object]) -> None:
    folder.segments.mkdir(exist_ok=True)
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder.segments / f"{worker}.events").write_text(text + '{"kind": "second", "at": 99')


def test_rows_are_complete_up_to_the_oldest_call_in_flight_of_any_process(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    actions = {"a": [1, 1, 0, 0, 0], "b": [1, 1, 0, 0, 0]}
    write(
        folder,
        "w-0",
        {"kind": "second", "at": 10.0, "actions": actions, "oldest": {"a": 1.0, "b": 1.0}},
        {"kind": "second", "at": 11.0, "actions": actions, "oldest": {"a": 4.0}},
        {"kind": "guard", "why": "x"},
    )
    write(folder, "w-1", {"kind": "second", "at": 10.5, "actions": actions, "oldest": {}})

    assert complete_until(folder) == {"a": 4.0, "b": 10.5}


def test_nothing_is_complete_before_the_first_second(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    write(folder, "w-0")

    assert complete_until(folder) == {}
