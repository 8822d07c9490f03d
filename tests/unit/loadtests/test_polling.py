import json

import pytest

from loadtests.payloads import EMPTY
from loadtests.plan import ActionLoad, Poll
from loadtests.polling import Job, JobFollower, State, advice, find
from loadtests.transport import Reply

POLL = Poll(
    "get-job", "finalResult.job.id", "jobId", "finalResult.state", ("DONE",), ("FAILED",), ("STOPPED",)
)
ACTION = ActionLoad("submit", "Start Export", 5, 1.0, (EMPTY,), poll=POLL)
SUBMITTED = json.dumps({"finalResult": {"job": {"id": 17}}}).encode()


def state(said: object) -> Reply:
    return Reply(200, json.dumps({"finalResult": {"state": said}}).encode(), "", "")


class World:
    """Time that passes only when somebody sleeps, and replies in turn."""

    def __init__(self, *replies: Reply | Exception) -> None:
        self.now = 0.0
        self.replies = list(replies)
        self.asked: list[str] = []
        self.jobs: list[Job] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def ask(self, job_id: str) -> Reply:
        self.asked.append(job_id)
        reply = self.replies.pop(0) if self.replies else state("RUNNING")
        if isinstance(reply, Exception):
            raise reply
        return reply

    def follow(self, submitted: bytes = SUBMITTED) -> Job:
        follower = JobFollower("submit", POLL, ask=self.ask, sleep=self.sleep, now=lambda: self.now)
        follower.follow(submitted, self.jobs.append)
        (job,) = self.jobs
        return job


@pytest.mark.parametrize(
    ("said", "ended"), [("DONE", "done"), ("FAILED", "failed"), ("STOPPED", "cancelled")]
)
def test_a_job_is_followed_to_its_end(said: str, ended: State) -> None:
    world = World(state("QUEUED"), state("RUNNING"), state(said))

    assert world.follow() == Job("submit", ended, seconds=6.0, polls=3, throttled=0)
    assert world.asked == ["17"] * 3


def test_a_429_is_a_longer_wait_and_no_look() -> None:
    world = World(state("RUNNING"), Reply(429, b"", "", "30"), Reply(429, b"", "", ""), state("DONE"))

    assert world.follow() == Job("submit", "done", seconds=2 + 2 + 30 + 4, polls=2, throttled=2)


def test_a_lost_connection_is_just_asked_again() -> None:
    assert World(ConnectionResetError(), state("DONE")).follow().polls == 1


def test_what_cannot_be_followed_says_why() -> None:
    assert World().follow(b'{"finalResult": {}}').state == "no_job_id"
    assert World().follow(b"<html>").state == "no_job_id"
    assert World(*[state(None)] * 9).follow().state == "no_status"
    assert World().follow().state == "gave_up"


def test_a_killed_follower_still_records_the_job() -> None:
    class Killed(BaseException):
        pass

    world = World()
    world.sleep = lambda seconds: (_ for _ in ()).throw(Killed())  # type: ignore[method-assign]
    with pytest.raises(Killed):
        world.follow()

    assert [job.state for job in world.jobs] == ["run_ended"]


def test_paths_go_through_objects_and_lists() -> None:
    body = {"a": [{"b": "x"}], "c": None}
    assert find(body, "a.0.b") == "x"
    for path in ("a.1.b", "a.b", "c.d", "e", "a.0.b.c"):
        assert find(body, path) is None


def test_advice_gives_interval_and_loop_limit() -> None:
    jobs = [Job("submit", "done", float(seconds), 4, 0) for seconds in range(1, 101)]

    said = advice(ACTION, [*jobs, Job("submit", "failed", 1.0, 1, 0)])

    assert said is not None
    assert "100 of 101 jobs were done, 1 not (failed)" in said
    assert "half within 50 s, 99 of 100 within 99 s" in said
    assert "look every 12 s, at most 10 times" in said  # 120 s: a fifth more than 99 s


def test_jobs_cut_off_by_the_end_of_the_run_hide_nothing_others_showed() -> None:
    jobs = [Job("submit", "done", float(seconds), 4, 0) for seconds in range(1, 101)]
    cut = [Job("submit", "run_ended", 0.3, 0, 0)] * 10

    assert str(advice(ACTION, jobs + cut)).split(";")[1] == str(advice(ACTION, jobs)).split(";")[1]


def test_jobs_that_never_ended_allow_no_limit() -> None:
    jobs = [Job("submit", "done", 5.0, 2, 0)] * 20 + [Job("submit", "gave_up", 600.0, 300, 0)] * 2
    said = advice(ACTION, jobs)

    assert said is not None
    assert "still ran after 600 s" in said
    assert advice(ACTION, []) is None
    assert "nothing can be said" in str(advice(ACTION, [Job("submit", "failed", 1.0, 1, 0)]))
