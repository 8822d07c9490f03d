"""Jobs in a whole session on virtual time: polls keep to the limits of calls, and the run waits for them."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from diag.exit_codes import ExitCode
from diag.workload.payloads_from_contract import EMPTY
from diag.workload.tables.load_shape import Poll
from loadtests.planning.plan import ActionLoad, LoadPlan
from tests.support.virtual_time import BEGAN_AT, Answer, Call, FakeLink, VirtualRun

POLL = Poll("look", "finalResult.id", "jobId", "finalResult.state", ("DONE",), ("FAILED",), ("STOPPED",))
START = ActionLoad("start", "Start", 3, 2.0, (EMPTY,), poll=POLL)
PLAN = LoadPlan((START,), arrivals="constant", calls_per_action=6)
STARVED = b'{"status": 429, "code": "too.many.requests", "limit": {"namespace": "dataactions", "key": "k"}}'


def result(**facts: object) -> bytes:
    return json.dumps({"success": True, "finalResult": facts}).encode()


class Jobs:
    """A platform whose jobs each take `takes_s`."""

    def __init__(self, takes_s: float) -> None:
        self.takes_s = takes_s
        self.submitted: dict[str, float] = {}

    def reply(self, call: Call) -> Answer:
        if call.action_id == "start":
            job_id = f"job-{len(self.submitted)}"
            self.submitted[job_id] = call.at_s
            return Answer(body=result(id=job_id))
        age_s = call.at_s - self.submitted[json.loads(call.body)["jobId"]]
        return Answer(body=result(state="DONE" if age_s > self.takes_s else "RUNNING"))


def polls(run: VirtualRun) -> list[Call]:
    return [call for call in run.calls if call.action_id == "look"]


def test_the_run_ends_when_the_last_job_has_ended(tmp_path: Path) -> None:
    with VirtualRun(PLAN, tmp_path, reply=Jobs(takes_s=20).reply) as run:
        run.pass_time(120)

    assert run.link.ended == [("no action is left to call", False, ExitCode.INCOMPLETE)]
    last_submit = max(call.at_s for call in run.calls if call.action_id == "start")
    assert last_submit < 5
    assert last_submit + 20 < run.clock.now() < last_submit + 24
    lines = (run.folder.segments / "w-0.jobs").read_text().splitlines()
    ends = [json.loads(line) for line in lines if '"done"' in line]
    assert len(ends) == sum(call.action_id == "start" for call in run.calls)
    assert all(20 < end["seconds"] < 23 for end in ends)


@pytest.mark.slow
def test_a_poll_that_meets_the_orgs_limit_pauses_calls_and_polls(tmp_path: Path) -> None:
    jobs = Jobs(takes_s=60)

    def reply(call: Call) -> Answer:
        if call.action_id == "look" and 10 < call.at_s < 11:
            return Answer(status=429, body=STARVED, retry_after="15")
        return jobs.reply(call)

    with VirtualRun(replace(PLAN, calls_per_action=None), tmp_path, reply=reply) as run:
        run.pass_time(40)

    gaps = [(one.at_s, two.at_s) for one, two in pairwise(run.calls) if two.at_s - one.at_s > 5]
    ((stopped, resumed),) = gaps
    assert 10 < stopped < 11 and 25 < resumed < 26
    assert run.link.pauses[0][1] == 15


@pytest.mark.slow
def test_polls_and_calls_share_the_places_in_flight(tmp_path: Path) -> None:
    most = 0

    def reply(call: Call) -> Answer:
        nonlocal most
        most = max(most, run.session.budget.taken)
        return replace(jobs.reply(call), at_ms=2500)

    jobs = Jobs(takes_s=5)
    plan = replace(PLAN, max_in_flight=8, calls_per_action=None)
    with VirtualRun(plan, tmp_path, reply=reply, link=FakeLink(processes=2)) as run:
        run.pass_time(60)

    assert most == 4
    assert polls(run)
    assert run.session.not_sent > 0


def test_a_job_is_followed_no_further_than_the_hours_in_which_calls_are_allowed(tmp_path: Path) -> None:
    """Its polls are calls, too, and it may run for ten minutes."""
    plan = replace(PLAN, may_call_until=BEGAN_AT + 30.0)
    with VirtualRun(plan, tmp_path, reply=Jobs(takes_s=300).reply) as run:
        run.pass_time(120)

    assert len(run.link.ended) == 1
    assert 25 < max(call.at_s for call in polls(run)) < 30.0
    assert run.clock.now() < 40.0
