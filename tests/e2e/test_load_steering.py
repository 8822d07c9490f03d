"""What steers a run, against the real sandbox: limits, token, ramp, until settled."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from analysis.reading import read_samples
from analysis.run_folder import Manifest, RunFolder, read_manifest
from diag.sandbox.server import start_sandbox

pytestmark = pytest.mark.e2e

LOCUSTFILE = Path(__file__).resolve().parents[2] / "loadtests" / "actions.py"
SCENARIO = """
description = "For a test"
{top}
[limits]
concurrent_executions = 1000
executions_per_minute = 100000
token_requests_per_minute = {per_minute}
[[integration]]
name = "Backend"
type = "custom-rest-actions"
[[action]]
name = "Quick"
integration = "Backend"
category = "Web"
timeout_s = 3
result = {{ done = true }}
latency = {latency}
"""
FIXED = '{ model = "fixed", at_ms = 20 }'


@contextmanager
def sandbox(
    tmp_path: Path, *, top: str = "", per_minute: int = 100_000, latency: str = FIXED
) -> Iterator[dict[str, str]]:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(SCENARIO.format(top=top, per_minute=per_minute, latency=latency))
    with start_sandbox(scenario=str(scenario)) as process:
        yield process.environment


def measure(tmp_path: Path, environment: dict[str, str], workload: str, *arguments: str) -> Manifest:
    (tmp_path / "workload.toml").write_text(workload + '\n[[action]]\nname = "*"\n')
    line = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary"]
    line += ["--workload", str(tmp_path / "workload.toml"), "--run-dir", str(tmp_path / "run"), *arguments]
    done = subprocess.run(
        line,
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 8), done.stderr
    found = read_manifest(RunFolder(tmp_path / "run"))
    assert found is not None
    return found


def test_a_token_that_expires_in_mid_run_is_renewed_without_a_failed_call(tmp_path: Path) -> None:
    with sandbox(tmp_path, top="token_lifetime_s = 4") as environment:
        found = measure(tmp_path, environment, '[run]\nrate = 20\nduration = "7s"')

    table = read_samples([tmp_path / "run"]).table
    assert found.status == "complete"
    assert table["started_at"].max() - table["started_at"].min() > 5.5
    assert set(table["outcome"]) == {"ok"}


def test_a_429_for_our_token_pauses_the_run_and_says_so(tmp_path: Path) -> None:
    with sandbox(tmp_path, per_minute=60) as environment:
        found = measure(tmp_path, environment, '[run]\nrate = 20\nduration = "7s"\n[guard]\npause_s = 60')

    table = read_samples([tmp_path / "run"]).table
    refused = table[table["outcome"] == "rate_limited"]
    assert len(refused) >= 1
    assert len(refused) <= 40  # what left before the guard's second was over, and nothing after
    assert any("429 from our token's limit: pausing" in note for note in found.notes)
    assert (table["started_at"] < refused["started_at"].min() + 3).all()


def test_a_ramp_finds_where_one_worker_behind_a_queue_bends(tmp_path: Path) -> None:
    queue = '{ model = "lognormal", median_ms = 80, sigma = 0.3, servers = 1 }'  # full at 12 calls/s
    with sandbox(tmp_path, latency=queue) as environment:
        workload = '[run]\nmode = "ramp"\nrate = 2\n[ramp]\nstep = "3s"\ngrowth = 2.5\nsteps = 4'
        found = measure(tmp_path, environment, workload)

    (note,) = found.notes
    assert note.startswith("Quick: straight up to 5 calls/s") or note.startswith(
        "Quick: straight up to 2 calls/s"
    )
    rates = set(read_samples([tmp_path / "run"]).table["offered_rate"])
    assert {2.0, 5.0} <= rates


def test_a_settled_action_ends_the_run_before_its_time(tmp_path: Path) -> None:
    steady = '{ model = "lognormal", median_ms = 100, sigma = 0.3 }'
    with sandbox(tmp_path, latency=steady) as environment:
        found = measure(tmp_path, environment, '[run]\nrate = 100\nduration = "90s"', "--until-settled")

    assert found.status_reason == "every action is settled"
    assert found.ended_at is not None
    assert found.ended_at - found.created_at < 75


def test_a_folder_that_holds_a_run_is_left_alone(tmp_path: Path) -> None:
    with sandbox(tmp_path) as environment:
        before = measure(tmp_path, environment, '[run]\nrate = 20\nduration = "1s"')
        with pytest.raises(AssertionError, match="already holds a run"):
            measure(tmp_path, environment, '[run]\nrate = 20\nduration = "1s"')

    assert read_manifest(RunFolder(tmp_path / "run")) == before
