"""Submit and poll, from the workload file to the recommended loop, against what the sandbox knows."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from analysis.jobs.read_jobs import Job, read_flows
from diag.sandbox.launch import SandboxProcess
from tests.support.load_run import at_home
from tests.support.locust_process import fork_locust
from tests.support.sandbox_control import arm, ask
from tests.support.sandbox_process import start_sandbox
from tests.support.verb_process import fork
from tests.support.waiting import wait_until

pytestmark = pytest.mark.e2e

SCENARIO = """
description = "For a test"
[limits]
concurrent_executions = 10000
executions_per_minute = 1000000
token_requests_per_minute = 1000000
[[integration]]
name = "Exports"
type = "custom-rest-actions"
[[action]]
name = "Start"
integration = "Exports"
category = "c"
request_type = "POST"
latency = { model = "fixed", at_ms = 5 }
job = { takes = { model = "lognormal", median_ms = 1000, sigma = 0.4 }, failed = 0.02, cancelled = 0.02 }
[[action]]
name = "Look"
integration = "Exports"
category = "c"
input.jobId = { type = "string", minLength = 1 }
polls_jobs = true
latency = { model = "fixed", at_ms = 5 }
"""
WORKLOAD = """
[run]
rate = 110
calls_per_action = 350
[[action]]
name = "Start"
allow_side_effects = true
[action.poll]
action = "Look"
job_id = "finalResult.jobId"
parameter = "jobId"
status = "finalResult.state"
done = ["DONE"]
failed = ["FAILED"]
cancelled = ["CANCELLED"]
every = "0.4s"
"""
ENDS = {"DONE": "done", "FAILED": "failed", "CANCELLED": "cancelled"}


class World:
    """A sandbox with jobs, one look in ten refused with 429, and a load process on it."""

    def __init__(self, folder: Path, sandbox: SandboxProcess) -> None:
        self.folder, self.sandbox = folder, sandbox
        actions = self.ask("truth")["actions"]
        (look,) = (id_ for id_, action in actions.items() if action["name"] == "Look")
        (self.law,) = (action["job"] for action in actions.values() if "job" in action)
        fault = {"kind": "status", "status": 429, "retry_after_s": 1, "share": 0.1, "path": f"{look}/test"}
        arm(sandbox.base_url, fault)
        (folder / "workload.toml").write_text(WORKLOAD)

    def ask(self, path: str) -> Any:
        return ask(self.sandbox.base_url, path)

    def truth(self) -> dict[str, Any]:
        return {job["correlation_id"]: job for job in self.ask("truth/jobs")["jobs"]}

    def jobs(self) -> tuple[Job, ...]:
        flows = read_flows([self.folder / "run"])
        return flows[0].jobs if flows else ()

    @property
    def environment(self) -> dict[str, str]:
        return at_home(self.folder, self.sandbox.environment)


@pytest.fixture
def start_world(tmp_path: Path) -> Iterator[Callable[[], World]]:
    with ExitStack() as stack:

        def start() -> World:
            folder = Path(tempfile.mkdtemp(dir=tmp_path))
            (folder / "scenario.toml").write_text(SCENARIO)
            sandbox = stack.enter_context(start_sandbox(scenario=str(folder / "scenario.toml")))
            return World(folder, sandbox)

        yield start


def _every_job_is_followed_to_its_end(world: World) -> tuple[str, dict[str, Any]]:
    """Measure, and return what was said and the recommendations."""
    line = ("measure", "--run-dir", "run", "--all-the-time", "--time", "90s")
    measured = fork(line, world.folder, world.environment, load_too=True)

    assert measured.returncode == 0, measured.stderr
    truth, jobs = world.truth(), world.jobs()
    assert len(jobs) == len(truth) >= 350  # the run waited for the jobs after its last call
    for job in jobs:
        true = truth[job.correlation_id]
        assert job.state == ENDS[true["ends_as"]]
        assert job.polls == true["looks"]
        assert job.seconds >= true["takes_ms"] / 1e3 - 0.25  # the submit's reply was on its way meanwhile
    (fault,) = world.ask("faults")["faults"]
    assert sum(job.throttled for job in jobs) == fault["hit"] > 20
    written = json.loads((world.folder / "run" / "recommendations.json").read_text())
    (loop,) = written["loops"]
    assert (loop["jobs"], loop["unfinished"], loop["throttled"]) == (len(jobs), 0, fault["hit"])
    return measured.stdout + measured.stderr, written


def test_every_job_is_followed_to_its_end_and_the_flow_gets_interval_and_limit(
    start_world: Callable[[], World],
) -> None:
    world = start_world()
    said, written = _every_job_is_followed_to_its_end(world)
    # Which polls are refused is chance: in one run of a hundred two of the slowest jobs follow each other,
    # and the rule asks for more jobs than the fewest.
    if written["loops"][0]["jobs_needed"] is not None:
        world = start_world()
        said, written = _every_job_is_followed_to_its_end(world)

    assert "Start: Half of the jobs are done within" in said
    (loop,) = written["loops"]
    true_p99_s = world.law["p99_ms"] / 1e3
    assert true_p99_s <= loop["p99_upper_s"]
    assert loop["p50_s"] >= world.law["p50_ms"] / 1e3 * 0.9
    assert loop["interval_s"] * loop["loop_limit"] >= loop["wait_s"] >= loop["p99_upper_s"]
    assert [row["action_name"] for row in written["actions"]] == ["Start"]  # looks are not calls
    assert "Work that is submitted and polled" in (world.folder / "run" / "report.html").read_text()


def test_kill_minus_nine_keeps_what_was_known_of_every_job(start_world: Callable[[], World]) -> None:
    world = start_world()
    line = ("--workload", "workload.toml", "--run-dir", "run")
    process = fork_locust(*line, folder=world.folder, environment=world.environment)
    try:
        wait_until(lambda: sum(job.state == "done" for job in world.jobs()) > 20, "jobs that are done")
    finally:
        process.kill()
        process.communicate()

    truth, jobs = world.truth(), world.jobs()
    assert len(truth) - len(jobs) <= 20  # replies that were on their way
    still_running = [job for job in jobs if job.state == "running"]
    assert still_running
    for job in jobs:
        true = truth[job.correlation_id]
        if job.state == "running":  # seen to run so long, and not one moment longer
            assert job.seconds <= true["takes_ms"] / 1e3
        else:
            assert job.state == ENDS[true["ends_as"]]
        assert 0 <= true["looks"] - job.polls <= 1
