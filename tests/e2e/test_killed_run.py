"""A run whose load was killed in the middle: what was recorded until then is judged."""

import json
from pathlib import Path

import pytest

from tests.support.load_run import at_home, rows_in
from tests.support.locust_process import fork_locust
from tests.support.running_sandbox import StartSandbox
from tests.support.verb_process import fork
from tests.support.waiting import wait_until

pytestmark = pytest.mark.e2e


def test_a_run_killed_in_the_middle_is_read_and_judged(start_sandbox: StartSandbox, tmp_path: Path) -> None:
    environment = at_home(tmp_path, start_sandbox("demo", seed=5).environment)
    run = tmp_path / "runs" / "20260101T000009Z-killed"
    # Calls of seconds: a busy moment of this machine makes no burst of slow ones, which count as fewer.
    only = ("--rate", "120", "--action", "Quote Shipping Rate")
    line = ("--run-time", "120s", "--run-dir", str(run), *only)
    process = fork_locust(*line, folder=tmp_path, environment=environment)
    try:
        wait_until(lambda: rows_in(run) > 700, "700 rows on the disk")
    finally:
        process.kill()
        process.communicate()
    found = fork(("recommend", str(run), "--format", "json"), tmp_path, environment)
    row = json.loads(found.stdout)["actions"][0]

    assert found.returncode == 0, found.stderr
    assert row["samples"] + row["left_out"] >= 700
    assert row["verdict"] == "lower"
