"""Work that is submitted and polled: the shipped scenario, and one with fixed times."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import RunningSandbox, StartSandbox
from tests.support.waiting import wait_until

ACTIONS = "/api/v2/integrations/actions"
SCENARIO = """
description = "Jobs of a known length"
[limits]
token_requests_per_minute = 100000
[[integration]]
name = "Exports"
type = "custom-rest-actions"
[[action]]
name = "Start"
integration = "Exports"
category = "c"
request_type = "POST"
result = {{ queue = "night" }}
latency = {{ model = "fixed", at_ms = 1 }}
job = {{ takes = {{ model = "fixed", at_ms = {takes_ms} }}, failed = {failed}, cancelled = {cancelled} }}
[[action]]
name = "Look"
integration = "Exports"
category = "c"
input.jobId = {{ type = "string", minLength = 1 }}
polls_jobs = true
latency = {{ model = "fixed", at_ms = 1 }}
"""


Start = Callable[..., tuple[RunningSandbox, httpx.Client]]


@pytest.fixture
def start(start_sandbox: StartSandbox, tmp_path: Path) -> Iterator[Start]:
    """`start(takes_ms=..., failed=..., cancelled=...)`, or `start(scenario=...)`: a sandbox and a client."""
    with ExitStack() as stack:

        def starter(
            takes_ms: int = 0, failed: float = 0.0, cancelled: float = 0.0, scenario: str | None = None
        ) -> tuple[RunningSandbox, httpx.Client]:
            path = tmp_path / "jobs.toml"
            path.write_text(SCENARIO.format(takes_ms=takes_ms, failed=failed, cancelled=cancelled))
            running = start_sandbox(scenario or path)
            return running, stack.enter_context(running.client())

        yield starter


def run(
    running: RunningSandbox, client: httpx.Client, name: str, **inputs: str
) -> tuple[httpx.Response, dict[str, Any]]:
    return run_action(client, running.action_id(name), **inputs)


def run_action(client: httpx.Client, action_id: str, **inputs: str) -> tuple[httpx.Response, dict[str, Any]]:
    reply = client.post(f"{ACTIONS}/{action_id}/test", json=inputs).raise_for_status()
    return reply, reply.json()


def test_a_job_is_running_until_its_drawn_time_is_over(start: Start) -> None:
    running, client = start(takes_ms=1500)
    submitted, body = run(running, client, "Start")
    assert body["finalResult"]["queue"] == "night"
    job_id = body["finalResult"]["jobId"]

    states: list[str] = []

    def ended() -> bool:
        states.append(run(running, client, "Look", jobId=job_id)[1]["finalResult"]["state"])
        return states[-1] != "RUNNING"

    wait_until(ended, "the job's end")

    assert len(states) > 3
    assert states[-1] == "DONE"
    (job,) = httpx.get(f"{running.base_url}/sandbox/truth/jobs", trust_env=False).json()["jobs"]
    assert (job["job_id"], job["takes_ms"], job["ends_as"]) == (job_id, 1500.0, "DONE")
    assert job["looks"] == len(states)
    assert job["correlation_id"] == submitted.headers["inin-correlation-id"]
    law = running.truth()["actions"][running.action_id("Start")]["job"]
    assert (law["p50_ms"], law["p99_ms"], law["failed_share"]) == (1500.0, 1500.0, 0.0)


@pytest.mark.slow
def test_jobs_end_as_often_in_each_way_as_the_scenario_says(start: Start) -> None:
    running, client = start(takes_ms=0, failed=0.3, cancelled=0.2)
    start_id, look_id = running.action_id("Start"), running.action_id("Look")
    ids = [run_action(client, start_id)[1]["finalResult"]["jobId"] for _ in range(200)]

    told = [run_action(client, look_id, jobId=one)[1]["finalResult"]["state"] for one in ids]

    assert 35 <= told.count("FAILED") <= 85
    assert 20 <= told.count("CANCELLED") <= 65
    assert told.count("RUNNING") == 0
    truth = httpx.get(f"{running.base_url}/sandbox/truth/jobs", trust_env=False).json()["jobs"]
    assert [job["ends_as"] for job in truth] == told


def test_a_job_nobody_started_is_refused_by_the_backend(start: Start) -> None:
    running, client = start(takes_ms=0)
    _, body = run(running, client, "Look", jobId="nobody-started-this")
    assert body["success"] is False
    assert "404" in str(body["error"])


def test_the_shipped_scenario_refuses_some_looks_and_no_submit(start: Start) -> None:
    running, client = start(scenario="submit-and-poll")
    job_id = run(running, client, "Start Export", customer="c-1")[1]["finalResult"]["jobId"]

    uri = f"{ACTIONS}/{running.action_id('Get Export')}/test"
    looks = [client.post(uri, json={"jobId": job_id}) for _ in range(80)]

    refused = [look for look in looks if look.status_code == 429]
    assert 0 < len(refused) < 20
    assert {look.headers["Retry-After"] for look in refused} == {"1"}
