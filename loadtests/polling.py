"""Work that fits into no timeout: a submit action starts a job, a poll action tells how it does.

Measured is the time from the submit's reply to the job's end, and how often one has to ask. A 429 while
asking is a longer wait, not an answer. What comes of it are two numbers for the flow: how long to wait
between two looks, and how often to look before giving up.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from loadtests.plan import ActionLoad, Poll
from loadtests.transport import NETWORK_ERRORS, Reply

State = Literal["done", "failed", "cancelled", "gave_up", "run_ended", "no_job_id", "no_status"]

BUFFER: Final = 1.2
"""As for timeouts: a fifth more than the slowest of a hundred."""
LOOKS_PER_JOB: Final = 4
"""Looking about four times in a usual job finds its end a tenth of its length late, on average."""
UNREADABLE_LOOKS: Final = 5
"""A status that cannot be read so many times in a row will not get readable."""

_OPEN: Final = frozenset({"gave_up", "run_ended"})


@dataclass(frozen=True, slots=True)
class Job:
    """One submitted job. `seconds` from the submit's reply to its end, or to when we stopped looking."""

    action_id: str
    state: State
    seconds: float
    polls: int
    throttled: int


class JobFollower:
    """Follows jobs of one submit action. `ask(job_id)` makes one poll call, paced by whoever gives it."""

    def __init__(
        self,
        action_id: str,
        poll: Poll,
        *,
        ask: Callable[[str], Reply],
        sleep: Callable[[float], object],
        now: Callable[[], float],
    ) -> None:
        self._action_id = action_id
        self._poll = poll
        self._ask = ask
        self._sleep = sleep
        self._now = now

    def follow(self, submitted: bytes, record: Callable[[Job], None]) -> None:
        """Look at the job until it ends; `record` is told how, also when we are killed."""
        began = self._now()
        state: State = "run_ended"
        polls = throttled = 0
        try:
            job_id = find(_json(submitted), self._poll.job_id)
            if job_id is None:
                state = "no_job_id"
                return
            unreadable = 0
            wait_s = self._poll.every_s
            while True:
                self._sleep(wait_s)
                wait_s = self._poll.every_s
                if self._now() - began > self._poll.give_up_s:
                    state = "gave_up"
                    return
                try:
                    reply = self._ask(str(job_id))
                except NETWORK_ERRORS:
                    continue
                if reply.status == 429:
                    throttled += 1
                    asked = float(reply.retry_after) if reply.retry_after.isdecimal() else 0.0
                    wait_s = max(asked, 2 * self._poll.every_s)
                    continue
                polls += 1
                found = find(_json(reply.body), self._poll.status)
                unreadable = unreadable + 1 if found is None else 0
                if unreadable == UNREADABLE_LOOKS:
                    state = "no_status"
                    return
                ended = self._end(found)
                if ended is not None:
                    state = ended
                    return
        finally:
            record(Job(self._action_id, state, self._now() - began, polls, throttled))

    def _end(self, found: object) -> State | None:
        said = str(found)
        if said in self._poll.done:
            return "done"
        if said in self._poll.failed:
            return "failed"
        return "cancelled" if said in self._poll.cancelled else None


def find(body: object, path: str) -> object | None:
    """Return what lies at a dotted path (`finalResult.jobs.0.id`), None when nothing does."""
    for part in path.split("."):
        if isinstance(body, Mapping):
            body = body.get(part)
        elif isinstance(body, list) and part.isdecimal() and int(part) < len(body):
            body = body[int(part)]
        else:
            return None
    return body


def advice(action: ActionLoad, jobs: Sequence[Job]) -> str | None:
    """Return one sentence: how long jobs take, and interval and loop limit for the flow."""
    if action.poll is None or not jobs:
        return None
    followed = [job for job in jobs if job.state in _OPEN or job.state == "done"]
    done = [job for job in followed if job.state == "done"]
    other = len(jobs) - len(followed)
    said = f"{action.action_name}: {len(done)} of {len(jobs)} jobs were done"
    if other:
        kinds = sorted({job.state for job in jobs if job not in followed})
        said += f", {other} not ({', '.join(kinds)})"
    if not done:
        return said + "; nothing can be said about how long they take."
    half, most = _quantile(followed, 0.5), _quantile(followed, 0.99)
    if math.isinf(most):
        longest = max(job.seconds for job in followed)
        return (
            said + f"; some still ran after {longest:.0f} s, so no loop limit can be given: measure longer."
        )
    interval_s = max(1, round(half / LOOKS_PER_JOB))
    limit = math.ceil(BUFFER * most / interval_s)
    polls = sum(job.polls for job in done) / len(done)
    return (
        f"{said}; half within {half:.0f} s, 99 of 100 within {most:.0f} s, {polls:.1f} looks each. "
        f"In the flow: look every {interval_s} s, at most {limit} times."
    )


def _quantile(jobs: Sequence[Job], share: float) -> float:
    """Return the product-limit quantile (Kaplan, Meier 1958): a job no longer followed was still running.

    Infinite when so many were left running that nobody can know it.
    """
    still = 1.0
    at_risk = len(jobs)
    for job in sorted(jobs, key=lambda one: (one.seconds, one.state != "done")):
        if job.state == "done":
            still *= 1 - 1 / at_risk
            if 1 - still >= share - 1e-9:
                return job.seconds
        at_risk -= 1
    return math.inf


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
