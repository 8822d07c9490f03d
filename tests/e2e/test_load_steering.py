"""What steers a run, against the real sandbox: guard, limits, token, ramp, until settled."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
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
concurrent_executions = {concurrent}
executions_per_minute = {executions}
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
{more}
"""
ACTION = """
[[action]]
name = "{name}"
integration = "Backend"
category = "Web"
timeout_s = {timeout_s}
result = {{ done = true }}
latency = {latency}
failures = [{failures}]
"""
FIXED = '{ model = "fixed", at_ms = 20 }'


@contextmanager
def sandbox(
    tmp_path: Path,
    *,
    top: str = "",
    more: str = "",
    per_minute: int = 100_000,
    executions: int = 100_000,
    concurrent: int = 1000,
    latency: str = FIXED,
) -> Iterator[dict[str, str]]:
    scenario = tmp_path / "scenario.toml"
    limits = {"per_minute": per_minute, "executions": executions, "concurrent": concurrent}
    scenario.write_text(SCENARIO.format(top=top, more=more, latency=latency, **limits))
    with start_sandbox(scenario=str(scenario)) as process:
        yield process.environment


def action(name: str, latency: str, *, timeout_s: int = 5, failures: str = "") -> str:
    return ACTION.format(name=name, latency=latency, timeout_s=timeout_s, failures=failures)


def measure(
    tmp_path: Path, environment: dict[str, str], workload: str, *arguments: str, code: int = 0
) -> Manifest:
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
    assert done.returncode == code, done.stderr
    found = read_manifest(RunFolder(tmp_path / "run"))
    assert found is not None
    return found


def test_a_token_that_expires_in_mid_run_is_renewed_without_a_failed_call(tmp_path: Path) -> None:
    with sandbox(tmp_path, top="token_lifetime_s = 2") as environment:
        found = measure(tmp_path, environment, '[run]\nrate = 20\nduration = "4s"')

    table = read_samples([tmp_path / "run"]).table
    assert found.status == "complete"
    assert table["started_at"].max() - table["started_at"].min() > 2.5
    assert set(table["outcome"]) == {"ok"}


def logins(environment: dict[str, str]) -> int:
    """How often the login was asked since the scenario's faults are armed."""
    uri = environment["GENESYSCLOUD_API_BASE"] + "/sandbox/faults"
    faults = httpx.get(uri, trust_env=False).raise_for_status().json()["faults"]
    return int(next(fault["matched"] for fault in faults if fault["path"] == "/oauth/token"))


LOST_TOKEN = """
[[faults]]
kind = "token_expired"
path = "/test$"
skip = 20
hits = 1
[[faults]]
kind = "status"
status = 503
path = "/oauth/token"
skip = 1
hits = {hits}
"""


def test_calls_wait_while_a_refused_token_is_renewed(tmp_path: Path) -> None:
    with sandbox(tmp_path, more=LOST_TOKEN.format(hits=2)) as environment:
        found = measure(tmp_path, environment, '[run]\nrate = 20\nduration = "7s"')
        asked = logins(environment)

    table = read_samples([tmp_path / "run"]).table
    assert found.status == "complete"
    assert asked == 4  # at the start, twice in vain, then well
    refused = table["outcome"] == "auth_error"
    assert 1 <= refused.sum() <= 15  # what was on its way; at 20 calls/s the login's 3 s are 60
    assert table["started_at"].diff().max() > 2.0
    assert (table["outcome"][table["started_at"] > table["started_at"][refused].max()] == "ok").all()
    assert any("nothing is sent until there is a good one" in note for note in found.notes)
    assert any("a good token again after" in note for note in found.notes)


def test_a_login_that_stays_down_ends_the_run_and_is_not_stormed(tmp_path: Path) -> None:
    with sandbox(tmp_path, more=LOST_TOKEN.format(hits=1000)) as environment:
        found = measure(tmp_path, environment, '[run]\nrate = 20\nduration = "60s"', code=5)
        asked = logins(environment)

    table = read_samples([tmp_path / "run"]).table
    assert found.status == "incomplete"
    assert "there was no token that Genesys accepts" in str(found.status_reason)
    assert (table["outcome"] == "auth_error").sum() <= 15
    assert asked <= 8


def test_a_missing_permission_is_named_and_ends_the_run(tmp_path: Path) -> None:
    lacks = ["integrations:action:execute", "bridge:actions:execute"]
    with sandbox(tmp_path, top=f"without_permissions = {lacks}") as environment:
        found = measure(tmp_path, environment, '[run]\nrate = 20\nduration = "60s"', code=5)

    assert found.status == "incomplete"
    assert all(name in str(found.status_reason) for name in lacks)
    assert found.calls is not None
    assert found.calls <= 20
    assert "token" not in str(found.status_reason)


def test_the_guard_stops_what_fails_or_hangs_and_slows_what_bends(tmp_path: Path) -> None:
    more = (
        action("Failing", FIXED, failures="{ share = 1.0, status = 500 }")
        + action(
            "Hanging", "{ model = 'fixed', at_ms = 9, outages = [{ from_s = 0, to_s = 99 }] }", timeout_s=1
        )
        + action("Bending", "{ model = 'fixed', at_ms = 600, warm_up = { times = 0.02, for_s = 3 } }")
    )
    workload = """
[run]
duration = "7s"
[guard]
error_calls = 20
timeouts_in_a_row = 10
latency_window = "1s"
latency_factor = 3
"""
    with sandbox(tmp_path, more=more) as environment:
        found = measure(tmp_path, environment, workload)

    assert found.status == "complete"
    assert {one.what: one.why for one in found.left_out} == {
        "Failing": "Failing: 100% of its last 20 calls failed",
        "Hanging": "Hanging: 10 timeouts in a row; its backend does not answer",
    }
    assert any(note.startswith("Bending: half of its calls now take over") for note in found.notes)
    table = read_samples([tmp_path / "run"]).table
    offered = table.groupby("action_name", observed=True)["offered_rate"].agg(set)
    assert offered["Bending"] >= {20.0, 10.0}
    assert offered["Quick"] == {20.0}
    assert len(table[table["action_name"] == "Failing"]) < 60  # of 140 in 7 s
    last = table.groupby("action_name", observed=True)["started_at"].max()
    assert last["Quick"] - last["Failing"] > 2


def test_a_starved_org_stops_the_run_and_the_data_are_kept(tmp_path: Path) -> None:
    slow = "{ model = 'fixed', at_ms = 300 }"
    workload = '[run]\nrate = 20\nduration = "60s"\n[guard]\nrate_limited_stops = 2'
    with sandbox(tmp_path, concurrent=1, latency=slow) as environment:
        found = measure(tmp_path, environment, workload, code=8)

    assert found.status == "incomplete"
    reason = str(found.status_reason)
    assert "the org's data action limits (production is being refused too)" in reason
    assert reason.count("stopped to spare production") == 1
    assert not any("stopped to spare" in note for note in found.notes)
    assert any("pausing 1 s, then at half the rate" in note for note in found.notes)
    table = read_samples([tmp_path / "run"]).table
    assert {"ok", "rate_limited"} <= set(table["outcome"])
    assert table["started_at"].diff().max() > 0.8  # Retry-After was one second
    assert set(table["offered_rate"]) == {20.0, 10.0}


STARVED_ONCE = """
[[faults]]
kind = "status"
status = 429
limit = "dataactions"
retry_after_s = 60
path = "/test$"
skip = 40
hits = 1
"""


def test_all_workers_pause_when_one_meets_the_orgs_limit(tmp_path: Path) -> None:
    with sandbox(tmp_path, more=STARVED_ONCE) as environment:
        found = measure(tmp_path, environment, '[run]\nrate = 40\nduration = "5s"', "--processes", "2")

    table = read_samples([tmp_path / "run"]).table
    (refused,) = table[table["outcome"] == "rate_limited"]["started_at"]
    assert table["worker_id"].nunique() == 2
    # The other worker was refused nothing, and is silent all the same once the word has gone round.
    assert table.groupby("worker_id", observed=True)["started_at"].max().max() < refused + 1.5
    (note,) = found.notes
    assert "production is being refused too): pausing 60 s" in note


def test_a_worker_sends_its_token_only_where_it_is_set_up_for(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with sandbox(tmp_path) as environment:
        elsewhere = {**environment, "GENESYSCLOUD_API_BASE": "https://api.mypurecloud.example"}
        as_org = {"GENESYSCLOUD_ACCESS_TOKEN": token_of(environment), "GENESYSCLOUD_OAUTHCLIENT_ID": ""}
        line = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--worker", "--master-port", port]
        worker = subprocess.Popen(
            line,
            cwd=tmp_path,
            env={**os.environ, "HOME": str(tmp_path), **elsewhere, **as_org},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            master = ("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port)
            found = measure(tmp_path, {**environment, **as_org}, '[run]\nduration = "60s"', *master, code=2)
        finally:
            worker.kill()
            worker.wait()

    assert found.status == "incomplete"
    assert "a worker is set up for https://api.mypurecloud.example" in str(found.status_reason)
    assert "its token goes nowhere else" in str(found.status_reason)


def token_of(environment: dict[str, str]) -> str:
    login = httpx.post(
        environment["GENESYSCLOUD_API_BASE"] + "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=("sandbox", "sandbox"),
        trust_env=False,
    )
    return str(login.raise_for_status().json()["access_token"])


def test_a_429_for_our_token_pauses_the_run_and_says_so(tmp_path: Path) -> None:
    with sandbox(tmp_path, per_minute=60) as environment:
        found = measure(tmp_path, environment, '[run]\nrate = 20\nduration = "6s"\n[guard]\npause_s = 60')

    table = read_samples([tmp_path / "run"]).table
    refused = table[table["outcome"] == "rate_limited"]
    assert len(refused) >= 1
    assert len(refused) <= 40  # what left before the guard's second was over, and nothing after
    assert any("429 from our token's limit: pausing" in note for note in found.notes)
    assert (table["started_at"] < refused["started_at"].min() + 3).all()


def test_a_ramp_finds_where_one_worker_behind_a_queue_bends(tmp_path: Path) -> None:
    queue = '{ model = "lognormal", median_ms = 80, sigma = 0.3, servers = 1 }'  # full at 12 calls/s
    with sandbox(tmp_path, latency=queue) as environment:
        workload = '[run]\nmode = "ramp"\nrate = 3\n[ramp]\nstep = "2s"\ngrowth = 2.5\nsteps = 3'
        found = measure(tmp_path, environment, workload, "--arrivals", "constant")

    (note,) = found.notes
    assert note.startswith("Quick: straight up to 7.5 calls/s") or note.startswith(
        "Quick: straight up to 3 calls/s"
    )
    rates = set(read_samples([tmp_path / "run"]).table["offered_rate"])
    assert {3.0, 7.5} <= rates


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
