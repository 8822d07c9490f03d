"""Windows as far as it can be played here: every module, the room of the system, and the verbs that matter.

What is played and what is not: tests/support/windows/__init__.py. No Windows machine was there.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from analysis.format.call_record import RECORD_SIZE
from analysis.format.manifest import read_manifest
from analysis.format.run_folder import RunFolder
from analysis.format.whole_records import SegmentTail, segment_paths
from tests.support.source_files import module_of, python_files
from tests.support.waiting import wait_until
from tests.support.windows.environment_there import environment_there, run_there
from tests.support.windows.forked_there import begin_verb_there, import_there, verb_there

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux", reason="Windows is played on Linux: its locks and /proc are needed"
    ),
]

NAME = "Zażółć ≥ 订单"
SCENARIO = f"""
description = "names that no code page holds"
[[integration]]
name = "CRM"
type = "custom-rest-actions"
[[action]]
name = "{NAME}"
integration = "CRM"
category = "Web Services Data Actions"
timeout_s = 3
latency = {{ model = "lognormal", median_ms = 80, sigma = 0.3 }}
"""


def test_every_module_is_imported_where_posix_is_hidden(tmp_path: Path) -> None:
    names = [module_of(path) for path in python_files() if path.name != "__main__.py"]

    done = import_there(tmp_path, names)

    assert done.stdout.split()[-1:] == [str(len(names)).encode()], done.stderr.decode()[-2000:]


def test_what_the_room_of_the_system_promises_holds_there(tmp_path: Path) -> None:
    done = run_there(
        tmp_path, "-c", f"from tests.support.windows import proofs; proofs.run({str(tmp_path)!r})"
    )

    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert done.stdout.count(b"proven: ") == 8


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a sandbox there."""
    home = tmp_path_factory.mktemp("org")
    (home / "names.toml").write_text(SCENARIO, encoding="utf-8")
    command = [sys.executable, "-m", "diag", "sandbox", "--port", "0", "--scenario", "names.toml"]
    box = subprocess.Popen(command, cwd=home, env=environment_there(home), stdout=subprocess.PIPE)
    assert box.stdout is not None
    try:
        line = next(text for text in map(bytes.decode, box.stdout) if "http://127" in text)
        yield line[line.index("http://127") :].split()[0]
    finally:
        box.send_signal(signal.SIGUSR1)
        code = box.wait(timeout=20)
        box.stdout.close()
        assert code == -signal.SIGUSR1, "uvicorn raises the signal anew, once it has come to its end"


@pytest.fixture
def there(org: str, tmp_path: Path) -> Mapping[str, str]:
    """The environment of a person there, to whom the sandbox is the org."""
    return environment_there(
        tmp_path,
        GENESYSCLOUD_API_BASE=org,
        GENESYSCLOUD_OAUTHCLIENT_ID="sandbox",
        GENESYSCLOUD_OAUTHCLIENT_SECRET="sandbox",
    )


def verb(there: Mapping[str, str], folder: Path, *arguments: str) -> str:
    """Run a verb and return what it wrote, which nobody has to guess the encoding of."""
    done = verb_there(folder, arguments, there)
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0, done.stderr.decode("utf-8")
    assert b"\r\n" not in done.stdout + done.stderr
    return done.stdout.decode("utf-8")


def test_a_change_is_measured_made_and_undone_there(there: Mapping[str, str], tmp_path: Path) -> None:
    verb(there, tmp_path, "doctor")
    assert [
        row["action_name"] for row in json.loads(verb(there, tmp_path, "scan", "--format", "json"))["actions"]
    ] == [NAME]
    assert NAME in verb(there, tmp_path, "scan")

    run = Path(verb(there, tmp_path, "measure", "--run-time", "4s", "--rate", "100").splitlines()[-1])
    manifest = read_manifest(RunFolder(run))
    assert manifest is not None and manifest.status == "complete"
    (segment,) = segment_paths(RunFolder(run))
    tail = SegmentTail(segment)
    assert len(tail.read()) == (manifest.calls or 0) * RECORD_SIZE > 0
    assert tail.left_out == 0
    judged = json.loads(verb(there, tmp_path, "recommend", "--format", "json"))
    assert [row["action_name"] for row in judged["actions"]] == [NAME]

    verb(there, tmp_path, "set", NAME, "--timeout", "9", "--yes")
    plan = verb(there, tmp_path, "recommend", "--force", "--out", "plan.json")
    assert plan is not None
    verb(there, tmp_path, "apply", "plan.json", "--yes")
    verb(there, tmp_path, "undo", "--yes")
    changes = [json.loads(line) for line in (tmp_path / "runs" / "journal.jsonl").read_bytes().splitlines()]
    assert [line["action_name"] for line in changes].count(NAME) == len(changes) >= 4
    assert NAME in verb(there, tmp_path, "history")
    verb(there, tmp_path, "observe", "--out", "observed.json")


MEASURE = ("measure", "--run-time", "120s", "--rate", "20", "--run-dir", "run")


def load_of(verb_pid: int, folder: Path) -> psutil.Process:
    """Return the load of a verb, once it calls."""
    segments = folder / "run" / "segments"
    wait_until(lambda: any(each.stat().st_size for each in segments.glob("*.seg")), "the first call")
    (load,) = psutil.Process(verb_pid).children()
    return load


def test_ctrl_c_lets_calls_in_flight_end_there(there: Mapping[str, str], tmp_path: Path) -> None:
    process = begin_verb_there(tmp_path, MEASURE, there)  # it judges at its end: pandas is there already
    load = load_of(process.pid, tmp_path)

    process.send_signal(signal.SIGINT)

    assert process.wait(timeout=60) == 130
    manifest = read_manifest(RunFolder(tmp_path / "run"))
    assert manifest is not None and manifest.status == "interrupted" and manifest.calls
    assert not load.is_running()


def test_the_load_ends_with_the_verb_that_started_it_there(there: Mapping[str, str], tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "diag", *MEASURE],
        cwd=tmp_path,
        env=there,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    load = load_of(process.pid, tmp_path)

    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    load.wait(timeout=60)
    manifest = read_manifest(RunFolder(tmp_path / "run"))
    assert manifest is not None
    assert manifest.status_reason == "the process that started this run no longer runs"
