import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.format.run_folder import RunFolder
from analysis.recommend_settings import RecommendSettings, changed
from diag.measuring.load_process import LoadOptions, command_line
from diag.measuring.settled_watch import (
    SHARE_OF_A_CORE,
    complete_until,
    jobs_needed,
    pause_after,
    rules_of,
)
from tests.support.forks import ROOT


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


@pytest.mark.parametrize(("cost_s", "pause_s"), [(0.0, 5.0), (0.1, 5.0), (1.3, 24.7), (13.0, 247.0)])
def test_looks_that_cost_more_keep_a_greater_distance(cost_s: float, pause_s: float) -> None:
    assert pause_after(cost_s) == pytest.approx(pause_s)
    assert cost_s / (cost_s + pause_after(cost_s)) <= SHARE_OF_A_CORE + 1e-9


def jobs(folder: RunFolder, **states: int) -> None:
    head = {"kind": "flow", "action_id": "a", "action_name": "A", "poll_action_name": "B"}
    lines = [{**head, "every_s": 1.0, "give_up_s": 60.0}]
    for state, many in states.items():
        for _ in range(many):
            number = len(lines)
            at = {"at": number / 10, "correlation_id": "", "action_id": "a"}
            look = {"state": state, "seconds": 2.0 + number % 7, "polls": 1, "throttled": 0}
            lines += [{"kind": "job", "job": number, **at}, {"kind": "look", "job": number, **look}]
    folder.segments.mkdir(parents=True)
    (folder.segments / "w-0.jobs").write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.mark.parametrize(
    ("states", "needed"),
    [
        ({"done": 320}, False),  # the loop is known
        ({"done": 40, "running": 250}, True),
        ({"done": 40, "running": 330}, False),  # known once these have ended
        ({"failed": 20}, True),
        ({"failed": 60}, False),  # more of them teach nothing
    ],
)
def test_a_submit_action_is_called_until_its_flow_is_known(
    tmp_path: Path, states: dict[str, int], needed: bool
) -> None:
    folder = RunFolder(tmp_path)
    jobs(folder, **states)
    assert jobs_needed(folder, RecommendSettings()) == ({"a"} if needed else set())


def test_an_answer_is_settled_by_the_rules_that_were_asked_for() -> None:
    """At p99.9 a run that ends when p99 is settled gives no number, however many calls were asked for."""
    rules = RecommendSettings(percentile=0.999, cap_s=20, backend_errors="exclude")
    options = LoadOptions(Path("r"), None, until_settled=True, rules=rules)
    line = command_line(options)

    assert rules_of(line[line.index("--rules") + 1]) == rules
    assert "--rules" not in command_line(replace(options, rules=RecommendSettings()))
    assert changed(rules) == {"percentile": 0.999, "cap_s": 20, "backend_errors": "exclude"}


@pytest.mark.slow
def test_a_run_that_is_over_before_the_first_check_costs_no_import_of_pandas(tmp_path: Path) -> None:
    code = "import sys; settled_watch.watch(RunFolder(Path(sys.argv[1])), 0); print('pandas' in sys.modules)"
    imports = (
        "from pathlib import Path",
        "from analysis.format.run_folder import RunFolder",
        "from diag.measuring import settled_watch",
    )
    line = [sys.executable, "-c", "; ".join((*imports, code)), str(tmp_path)]

    assert subprocess.run(line, cwd=ROOT, capture_output=True, check=True, text=True).stdout == "False\n"
