"""Work that is submitted and polled: the shipped scenario, and one with fixed times."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.sandbox_in_process import InProcessSandbox

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


Start = Callable[..., InProcessSandbox]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start(takes_ms=..., failed=..., cancelled=...)`: a sandbox whose jobs are like that."""
    with ExitStack() as stack:

        def starter(takes_ms: int = 0, failed: float = 0.0, cancelled: float = 0.0) -> InProcessSandbox:
            path = tmp_path / "jobs.toml"
            path.write_text(SCENARIO.format(takes_ms=takes_ms, failed=failed, cancelled=cancelled))
            return stack.enter_context(InProcessSandbox(path))

        yield starter


def body_of(reply: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = reply.raise_for_status().json()
    return body


def state_of(running: InProcessSandbox, job_id: str) -> str:
    return str(body_of(running.test("Look", jobId=job_id))["finalResult"]["state"])


def test_a_job_is_running_until_its_drawn_time_is_over(start: Start) -> None:
    running = start(takes_ms=1500)
    submitted = running.test("Start")
    result = body_of(submitted)["finalResult"]
    assert result["queue"] == "night"

    states = []
    for _ in range(4):
        states.append(state_of(running, result["jobId"]))
        running.clock.advance(0.4)

    assert states == ["RUNNING", "RUNNING", "RUNNING", "RUNNING"]
    assert state_of(running, result["jobId"]) == "DONE"
    (job,) = running.get("/sandbox/truth/jobs")["jobs"]
    assert (job["job_id"], job["takes_ms"], job["ends_as"]) == (result["jobId"], 1500.0, "DONE")
    assert job["looks"] == len(states) + 1
    assert job["correlation_id"] == submitted.headers["inin-correlation-id"]
    law = running.get("/sandbox/truth")["actions"][running.action_id("Start")]["job"]
    assert (law["p50_ms"], law["p99_ms"], law["failed_share"]) == (1500.0, 1500.0, 0.0)


@pytest.mark.slow
def test_jobs_end_as_often_in_each_way_as_the_scenario_says(start: Start) -> None:
    running = start(takes_ms=0, failed=0.3, cancelled=0.2)
    ids = [body_of(running.test("Start"))["finalResult"]["jobId"] for _ in range(200)]

    states = [state_of(running, job_id) for job_id in ids]

    assert 35 <= states.count("FAILED") <= 85
    assert 20 <= states.count("CANCELLED") <= 65
    assert states.count("RUNNING") == 0
    truth = running.get("/sandbox/truth/jobs")["jobs"]
    assert [job["ends_as"] for job in truth] == states


def test_a_job_nobody_started_is_refused_by_the_backend(start: Start) -> None:
    body = body_of(start().test("Look", jobId="nobody-started-this"))

    assert body["success"] is False
    assert "404" in str(body["error"])


def test_the_shipped_scenario_refuses_some_polls_and_no_submit() -> None:
    with InProcessSandbox("submit-and-poll") as running:
        job_id = body_of(running.test("Start Export", customer="c-1"))["finalResult"]["jobId"]

        polls = [running.test("Get Export", jobId=job_id) for _ in range(80)]

    refused = [poll for poll in polls if poll.status_code == 429]
    assert 0 < len(refused) < 20
    assert {poll.headers["Retry-After"] for poll in refused} == {"1"}
