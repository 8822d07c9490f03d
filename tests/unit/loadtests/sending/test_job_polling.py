import json

import pytest

from analysis.format.job_lines import JobState
from diag.workload.tables.load_shape import Poll
from loadtests.recording.run_clock import RunClock
from loadtests.sending.feedback import Feedback, RefusedPoll
from loadtests.sending.job_polling import JobFollower, JobProgress, find
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
    """Time that passes in sleep or while a reply is awaited (half a second), and replies in turn."""

    def __init__(self, *replies: Reply | Exception) -> None:
        self.at = 0.0
        self.replies = list(replies)
        self.asked: list[str] = []
        self.told: list[JobProgress] = []
        self.feedback = Feedback(1)

    def pass_time(self, seconds: float) -> None:
        self.at += seconds

    def ask(self, job_id: str) -> Reply:
        self.asked.append(job_id)
        self.at += 0.5
        reply = self.replies.pop(0) if self.replies else state("RUNNING")
        if isinstance(reply, Exception):
            raise reply
        return reply

    def follow(self, submitted: bytes = SUBMITTED) -> JobProgress:
        clock = RunClock()
        clock.now, clock.sleep = lambda: self.at, self.pass_time
        self.told += JobFollower(POLL, self.ask, clock, self.feedback).follow(submitted)
        return self.told[-1]

    @property
    def refused(self) -> list[RefusedPoll]:
        return [failure for failure in self.feedback.failures if isinstance(failure, RefusedPoll)]


@pytest.mark.parametrize(
    ("said", "ended"), [("DONE", "done"), ("FAILED", "failed"), ("STOPPED", "cancelled")]
)
def test_a_job_is_followed_to_its_end(said: str, ended: JobState) -> None:
    world = World(state("QUEUED"), state("RUNNING"), state(said))

    assert world.follow() == JobProgress(ended, seconds=7.5, polls=3)
    assert world.asked == ["17"] * 3


def test_a_job_that_still_runs_is_known_to_run_only_up_to_its_last_poll() -> None:
    world = World(state("RUNNING"), state("RUNNING"), state("DONE"))
    world.follow()

    # Sent after 2 s and 4.5 s: what is left when the process is killed then.
    assert [(one.state, one.seconds) for one in world.told] == [
        ("running", 2.0),
        ("running", 4.5),
        ("done", 7.5),
    ]


def test_a_429_is_a_longer_wait_and_no_poll() -> None:
    world = World(state("RUNNING"), Reply(429, b"", "", "30"), Reply(429, b"", "", ""), state("DONE"))

    assert world.follow() == JobProgress("done", seconds=2 + 2 + 30 + 4 + 4 * 0.5, polls=2, throttled=2)
    assert world.refused == []


def test_a_429_of_the_backend_is_one_too_and_one_of_the_org_is_passed_on() -> None:
    backend = Reply(200, json.dumps(BACKEND_429).encode(), "", "")
    world = World(backend, Reply(429, json.dumps(STARVING).encode(), "", "7"), state("DONE"))

    assert world.follow() == JobProgress("done", seconds=2 + 4 + 7 + 3 * 0.5, polls=1, throttled=2)
    assert [(one.code, one.retry_after) for one in world.refused] == [("dataactions:k", "7")]


def test_a_poll_that_failed_counts_and_a_lost_connection_does_not() -> None:
    assert World(Reply(504, b"{}", "", ""), state("DONE")).follow().polls == 2
    assert World(ConnectionResetError(), state("DONE")).follow().polls == 1


def test_a_poll_with_a_refused_token_does_not_count_and_is_reported() -> None:
    world = World(state("RUNNING"), *[Reply(401, b"{}", "", "")] * 7, state("DONE"))

    assert world.follow() == JobProgress("done", seconds=9 * 2.5, polls=2)
    assert [one.code for one in world.refused] == [None] * 7


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


@pytest.mark.parametrize("odd", [f'"n": {10**40}', '"a": 1, "a": 2'])
def test_what_a_backend_puts_into_its_reply_hides_no_job(odd: str) -> None:
    submitted = SUBMITTED.replace(b"{", b"{" + odd.encode() + b", ", 1)
    assert World(state("DONE")).follow(submitted).state == "done"


def test_paths_go_through_objects_and_lists() -> None:
    body = {"a": [{"b": "x"}], "c": None}
    assert find(body, "a.0.b") == "x"
    for path in ("a.1.b", "a.b", "c.d", "e", "a.0.b.c"):
        assert find(body, path) is None
    assert find(body, "9" * 5000) is None
    assert find([], "9" * 5000) is None


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"finalResult":' * 200_000,
        b"1" * 5000,
        b"NaN",
        b'{"finalResult": NaN}',
        b"\xff",
        b"",
    ],
)
def test_no_reply_ends_the_polling(body: bytes) -> None:
    assert World().follow(body).state == "no_job_id"
    assert World(*[Reply(200, body, "", "")] * 5).follow().state == "no_status"


@pytest.mark.parametrize("found", [{}, {"a": 1}, [], [1], None])
def test_what_is_no_text_and_no_number_is_no_job_id(found: object) -> None:
    assert World().follow(json.dumps({"finalResult": {"job": {"id": found}}}).encode()).state == "no_job_id"
