import subprocess
import sys
from pathlib import Path

import pytest

from analysis.machine.forks import CAN_FORK
from diag.exit_codes import ExitCode
from diag.measuring import load_log, load_process
from diag.measuring.load_forks import ForksGoneError, LoadForks
from diag.measuring.load_log import Refusal
from diag.measuring.load_process import LoadOptions, command_line, run_load

HANGS = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1], "manifest.json").write_text("{}")
time.sleep(600)
"""


def test_a_load_process_that_hangs_is_ended_and_said_to_have_hung(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        load_process, "command_line", lambda options: [sys.executable, "-c", HANGS, str(options.run_dir)]
    )

    result = run_load(LoadOptions(run_dir=tmp_path, run_time_s=0.1, grace_s=0.3), interval_s=0.1)

    assert result.exit_code == ExitCode.INCOMPLETE
    assert result.status == "incomplete"
    assert "did not end" in str(result.reason)


def test_what_a_load_process_says_before_it_begins_is_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says = "import sys; sys.stderr.write('noise\\nError: No way.\\n│ where\\n│ Fix: go back\\n'); sys.exit(2)"
    monkeypatch.setattr(load_process, "command_line", lambda options: [sys.executable, "-c", says])

    result = run_load(LoadOptions(run_dir=tmp_path / "run", run_time_s=1))

    assert (result.exit_code, result.status) == (2, "incomplete")
    assert result.refusal == Refusal("No way.", ("where",), "go back")
    assert not (tmp_path / "run").exists()


def test_a_refused_run_leaves_the_folder_of_an_earlier_one_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    says = "import sys; sys.stderr.write('Error: It already holds a run.\\n'); sys.exit(2)"
    monkeypatch.setattr(load_process, "command_line", lambda options: [sys.executable, "-c", says])

    result = run_load(LoadOptions(run_dir=tmp_path, run_time_s=1))

    assert result.refusal == Refusal("It already holds a run.")
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_of_a_long_log_only_the_end_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says = "import sys; sys.stderr.buffer.write(b'\\xff' * 2**20 + b'\\nthe end\\n'); sys.exit(1)"
    monkeypatch.setattr(load_process, "command_line", lambda options: [sys.executable, "-c", says])
    monkeypatch.setattr(load_log, "_LOG_TAIL_BYTES", 100)

    assert run_load(LoadOptions(run_dir=tmp_path / "run", run_time_s=1)).reason == "the end"


def test_only_what_was_chosen_is_passed_on() -> None:
    line = command_line(
        LoadOptions(run_dir=Path("r"), run_time_s=None, actions=("A b", "C"), rate=2.5, sla=("p99<2s",))
    )

    assert line[line.index("--rate") + 1] == "2.5"
    assert [line[at + 1] for at, one in enumerate(line) if one == "--action"] == ["A b", "C"]
    assert line[line.index("--sla") + 1] == "p99<2s"
    for absent in (
        "--run-time",
        "--workload",
        "--model",
        "--seed",
        "--processes",
        "--probe",
        "--otel",
        "--until-settled",
    ):
        assert absent not in line


@pytest.mark.skipif(not CAN_FORK, reason="no system that forks")
@pytest.mark.parametrize("told", [b"", b"1\n"], ids=["before it forks", "before it tells the end"])
def test_a_process_that_forks_loads_and_ends_is_said_to_have(tmp_path: Path, told: bytes) -> None:
    says = "import sys; sys.stdin.readline(); sys.stdout.buffer.write(bytes.fromhex(sys.argv[1]))"
    line = [sys.executable, "-c", says, told.hex()]
    with subprocess.Popen(line, 0, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for _ in range(2):  # the second finds it gone from the beginning
            with pytest.raises(ForksGoneError, match=r"has ended \(-m loadtests\.forked_load\)"):
                run_load(LoadOptions(tmp_path / "run", 1, forks=LoadForks(process)), interval_s=0.05)
            process.wait()
    assert ForksGoneError().category == "incomplete"
