"""Direct calls as people run them: workers, credentials, the sandbox's own record of them, a ramp."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.samples.read_samples import read_samples
from tests.support.load_run import at_home, is_whole, manifest_in, rows_in
from tests.support.locust_process import fork_locust, run_locust
from tests.support.own_requests import set_request
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.sandbox_control import ask
from tests.support.waiting import wait_until

pytestmark = pytest.mark.e2e

NAME = "Get Account Balance"
CANARY = "cnry4d"
WORKLOAD = f"""
[direct]
audit = true
[[action]]
name = "{NAME}"
target = "direct"
rate = 40
payload = [{{ values = {{ accountId = "{CANARY}-input" }} }}]
"""
METRICS = "metrics.txt"
SPANS_ON_STDOUT = {
    "OTEL_TRACES_EXPORTER": "console",
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
}


@pytest.fixture(scope="module")
def box(start_module_sandbox: StartSandbox) -> RunningSandbox:
    box = start_module_sandbox("demo")
    set_request(box, NAME, headers={"X-Key": "$!{credentials.api-key}"})
    return box


@pytest.fixture
def environment(box: RunningSandbox, tmp_path: Path) -> Iterator[dict[str, str]]:
    (tmp_path / "workload.toml").write_text(WORKLOAD)
    yield at_home(tmp_path, {**box.environment, "DIAG_CREDENTIAL_API_KEY": f"{CANARY}-key"})


def command_lines() -> str:
    """Return the command lines of every process of this machine that may be read."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().decode("utf-8", "replace"))
        except OSError:  # it has ended meanwhile
            continue
    return "".join(found)


def direct_calls(folder: Path) -> pd.DataFrame:
    samples = read_samples([folder / "run"])
    assert samples.direct is not None
    assert samples.table.empty
    return samples.direct


def audit_lines(folder: Path) -> list[dict[str, Any]]:
    files = sorted((folder / "run" / "segments").glob("*.audit"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def test_workers_call_backends_with_their_own_credentials_and_nobody_else_sees_them(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    process = fork_locust(
        *("--run-dir", str(tmp_path / "run"), "--workload", "workload.toml", "--processes", "2"),
        *("--metrics", METRICS, "--calls-per-action", "60", "--otel"),
        folder=tmp_path,
        environment={**environment, **SPANS_ON_STDOUT},
    )
    wait_until(lambda: rows_in(tmp_path) > 10, "calls")
    seen = command_lines() if os.path.isdir("/proc") else ""
    out, err = process.communicate(timeout=120)

    assert is_whole(manifest_in(tmp_path)), err
    table = direct_calls(tmp_path)
    assert set(table["target"]) == {"direct"}
    assert set(table["outcome"]) == {"ok"}
    lines = audit_lines(tmp_path)
    assert len(lines) == len(table) >= 60
    assert len({line["input"] for line in lines}) == 1  # one key for all workers
    assert len({line["trace_id"] for line in lines}) == len(lines)
    assert len(list(tmp_path.glob("metrics-*.txt"))) == 2
    assert out.count('"diag.action.name": ') == len(lines)  # a span for each call
    own = {"workload.toml"}
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name not in own]
    left = b"".join(path.read_bytes() for path in files).decode("utf-8", "replace")
    assert CANARY not in left + out + err + seen


def test_a_worker_without_its_credentials_ends_the_run_by_their_names(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    del environment["DIAG_CREDENTIAL_API_KEY"]

    ended = run_locust(
        *("--run-dir", str(tmp_path / "run"), "--workload", "workload.toml", "--run-time", "5s"),
        folder=tmp_path,
        environment=environment,
    )

    assert ended.returncode == 5
    assert "DIAG_CREDENTIAL_API_KEY" in ended.stderr


def test_what_is_recorded_is_what_the_backend_took(tmp_path: Path, box: RunningSandbox) -> None:
    workload = WORKLOAD.replace("rate = 40", "rate = 50")
    (tmp_path / "workload.toml").write_text(workload)
    run_locust(
        *("--run-dir", str(tmp_path / "run"), "--workload", "workload.toml", "--run-time", "6s"),
        folder=tmp_path,
        environment=at_home(tmp_path, {**box.environment, "DIAG_CREDENTIAL_API_KEY": CANARY}),
    )

    table = direct_calls(tmp_path)
    calls = ask(box.base_url, "truth/calls", limit=50_000)["calls"]
    first = table["started_at"].min() - 0.5
    true = [call["served_ms"] for call in calls if call["started_at"] > first]
    over = np.quantile(table["latency_ms"], (0.5, 0.99)) - np.quantile(true, (0.5, 0.99))
    assert len(table) == len(true)
    assert (over < [25.0, 100.0]).all()  # of a busy machine; what a quiet one does: make bench


RAMP = """
[run]
mode = "ramp"
arrivals = "constant"
[ramp]
step = "4s"
growth = 2.0
steps = 4
[[action]]
name = "One worker"
target = "direct"
rate = 4
"""


def test_a_ramp_finds_where_the_backend_bends(tmp_path: Path, start_module_sandbox: StartSandbox) -> None:
    box = start_module_sandbox("slower-under-load")
    (tmp_path / "workload.toml").write_text(RAMP)

    run_locust(
        *("--run-dir", str(tmp_path / "run"), "--workload", "workload.toml"),
        folder=tmp_path,
        environment=at_home(tmp_path, box.environment),
    )

    (note,) = [
        note for note in manifest_in(tmp_path).notes if note.startswith("One worker (backend): straight")
    ]
    assert "straight up to 8 calls/s" in note or "straight up to 4 calls/s" in note  # it ends at 12
    assert "the median rose" in note
