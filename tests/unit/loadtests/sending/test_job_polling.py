import json

import pytest

from analysis.format.job_lines import JobState
from diag.workload.load_shape import Poll
from loadtests.sending.job_polling import JobFollower, Progress, find
from loadtests.sending.transport import Reply

POLL = Poll(
    "get-job", "finalResult.job.id", "jobId", "finalResult.state", ("DONE",), ("FAILED",), ("STOPPED",)
)
SUBMITTED = json.dumps({"finalResult": {"job": {"id": 17}}}).encode()
STARVING = {"status": 429, "code": "too.many.requests", "limit": {"namespace": "dataactions", "key": "k"}}
BACKEND_429 = {
    "success": False,
    "error": {"status": 429, "errors": [], "details": [{"errorCode": "ACTION.REMOTE_ENDPOINT"}]},
}


def state(said: object) -> Reply:
    return Reply(200, json.dumps({"success": True, "finalResult": {"state": said}}).encode(), "", "")


class World:
    """Time that passes when somebody sleeps or waits for a reply (half a second), and replies in turn."""

    def __init__(self, *replies: Reply | Exception) -> None:
        self.now = 0.0
        self.replies = list(replies)
        self.asked: list[str] = []
        self.told: list[Progress] = []
        self.starving: list[tuple[str, str]] = []
        self.refused: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def ask(self, job_id: str) -> Reply:
        self.asked.append(job_id)
        self.now += 0.5
        reply = self.replies.pop(0) if self.replies else state("RUNNING")
        if isinstance(reply, Exception):
            raise reply
        return reply

    def follow(self, submitted: bytes = SUBMITTED) -> Progress:
        follower = JobFollower(
            POLL,
            ask=self.ask,
            sleep=self.sleep,
            now=lambda: self.now,
            on_starving=lambda code, after: self.starving.append((code, after)),
            on_token_refused=lambda: self.refused.append(self.now),
        )
        follower.follow(submitted, self.told.append)
        return self.told[-1]


@pytest.mark.parametrize(
    ("said", "ended"), [("DONE", "done"), ("FAILED", "failed"), ("STOPPED", "cancelled")]
)
def test_a_job_is_followed_to_its_end(said: str, ended: JobState) -> None:
    world = World(state("QUEUED"), state("RUNNING"), state(said))

    assert world.follow() == Progress(ended, seconds=7.5, polls=3)
    assert world.asked == ["17"] * 3


def test_a_job_that_still_runs_is_known_to_run_only_up_to_its_last_look() -> None:
    world = World(state("RUNNING"), state("RUNNING"), state("DONE"))
    world.follow()

    # Sent after 2 s and 4.5 s: what is left when the process is killed then.
    assert [(one.state, one.seconds) for one in world.told] == [
        ("running", 2.0),
        ("running", 4.5),
        ("done", 7.5),
    ]


def test_a_429_is_a_longer_wait_and_no_look() -> None:
    world = World(state("RUNNING"), Reply(429, b"", "", "30"), Reply(429, b"", "", ""), state("DONE"))

    assert world.follow() == Progress("done", seconds=2 + 2 + 30 + 4 + 4 * 0.5, polls=2, throttled=2)
    assert world.starving == []


def test_a_429_of_the_backend_is_one_too_and_one_of_the_org_is_passed_on() -> None:
    backend = Reply(200, json.dumps(BACKEND_429).encode(), "", "")
    world = World(backend, Reply(429, json.dumps(STARVING).encode(), "", "7"), state("DONE"))

    assert world.follow() == Progress("done", seconds=2 + 4 + 7 + 3 * 0.5, polls=1, throttled=2)
    assert world.starving == [("dataactions:k", "7")]


def test_a_look_that_failed_counts_and_a_lost_connection_does_not() -> None:
    assert World(Reply(504, b"{}", "", ""), state("DONE")).follow().polls == 2
    assert World(ConnectionResetError(), state("DONE")).follow().polls == 1


def test_a_look_with_a_dead_token_is_no_look_and_is_said() -> None:
    world = World(state("RUNNING"), *[Reply(401, b"{}", "", "")] * 7, state("DONE"))

    assert world.follow() == Progress("done", seconds=9 * 2.5, polls=2)
    assert len(world.refused) == 7


def test_what_cannot_be_followed_says_why() -> None:
    down = World(*[Reply(503, b'{"code": "service.unavailable"}', "", "")] * 5).follow()
    assert (down.state, down.why) == ("no_status", "service.unavailable")
    assert World(*[state(None)] * 5).follow().why is None
    assert World().follow(b'{"finalResult": {}}').state == "no_job_id"
    assert World().follow(b"<html>").state == "no_job_id"
    assert World(*[state(None)] * 9).follow().state == "no_status"
    gave_up = World().follow()
    assert gave_up.state == "gave_up"
    assert 597 < gave_up.seconds <= 600


def test_paths_go_through_objects_and_lists() -> None:
    body = {"a": [{"b": "x"}], "c": None}
    assert find(body, "a.0.b") == "x"
    for path in ("a.1.b", "a.b", "c.d", "e", "a.0.b.c"):
        assert find(body, path) is None
