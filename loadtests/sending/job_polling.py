"""Work that fits into no timeout: a submit action starts a job, a poll action reports its state.

Measured are the time from the submit's reply to the poll that sees the job's end, and the number of polls
until then. A 429 is a longer wait and does not count as a poll. What a flow should do with that:
`analysis.jobs.loop_advice`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

from analysis.format.job_lines import JobState
from analysis.format.json_within_limits import parse_line
from analysis.format.sample_schema import Outcome
from diag.genesys.outcomes import Classified
from diag.genesys.replies.retry_after import retry_after_s
from diag.workload.tables.load_shape import Poll
from loadtests.recording.run_clock import RunClock
from loadtests.sending.connections.error_codes import NETWORK_ERRORS
from loadtests.sending.feedback import ORG_LIMITS, Feedback, RefusedPoll
from loadtests.sending.platform_outcome import judge
from loadtests.sending.transport import Reply

UNREADABLE_POLLS: Final = 5
"""A status that cannot be read so many times in a row will not become readable."""
_INDEX: Final = re.compile(r"[0-9]{1,9}")
_BACKEND_429: Final = "ACTION.REMOTE_ENDPOINT:429"


@dataclass(frozen=True, slots=True)
class JobProgress:
    """What is known of one job. `seconds` count from the submit's reply: to the reply that reported its end,
    or, while it runs, to when the last poll was sent that saw it running."""

    state: JobState
    seconds: float = 0.0
    polls: int = 0
    throttled: int = 0
    why: str | None = None
    """For `no_status`: what the last poll was answered with, where that was no result at all."""


class JobFollower:
    """Follows jobs of one submit action.

    `ask(job_id)` makes one poll call and paces it; it may raise NETWORK_ERRORS. A poll that Genesys refused
    for its token, or for the org's data action limits, also goes to `feedback`: the steering then holds
    everything back until polls may go on.
    """

    def __init__(self, poll: Poll, ask: Callable[[str], Reply], clock: RunClock, feedback: Feedback) -> None:
        self._poll = poll
        self._ask = ask
        self._clock = clock
        self._feedback = feedback

    def follow(self, submitted: bytes) -> Iterator[JobProgress]:
        """Poll the job until it ends; yield what is known after each poll, last of all how it ended.

        `submitted`: body of the submit call's reply.
        """
        now = self._clock.now
        began = now()
        job_id = find(_json(submitted), self._poll.job_id)
        if not isinstance(job_id, str | int | float):
            yield JobProgress("no_job_id")
            return
        known = JobProgress("running")
        unreadable = 0
        wait_s = self._poll.every_s
        while known.state == "running":
            self._clock.sleep(wait_s)
            wait_s = self._poll.every_s
            sent_s = now() - began
            if sent_s > self._poll.give_up_s:
                yield replace(known, state="gave_up")
                return
            try:
                reply = self._ask(str(job_id))
            except NETWORK_ERRORS:
                continue
            if reply.status == HTTPStatus.UNAUTHORIZED:
                self._feedback.failures.append(RefusedPoll(now(), None))
                continue
            verdict = judge(reply.status, reply.body, 60, 0.0)
            refused_s = self._refused_s(verdict, reply.retry_after)
            if refused_s is not None:
                known = replace(known, throttled=known.throttled + 1)
                wait_s = refused_s
                yield known
                continue
            status = find(_json(reply.body), self._poll.status)
            unreadable = unreadable + 1 if status is None else 0
            state = self._state(status)
            if unreadable == UNREADABLE_POLLS:
                state = "no_status"
                if verdict.outcome != Outcome.OK:
                    known = replace(known, why=verdict.error_code or verdict.outcome)
            if status is not None:
                known = replace(known, seconds=sent_s if state == "running" else now() - began)
            known = replace(known, state=state, polls=known.polls + 1)
            yield known

    def _refused_s(self, verdict: Classified, retry_after: str) -> float | None:
        """How long to wait if the poll met a 429, the platform's or the backend's; None when it did not."""
        if verdict.outcome != Outcome.RATE_LIMITED and verdict.error_code != _BACKEND_429:
            return None
        code = verdict.error_code or ""
        if code.startswith(ORG_LIMITS):
            self._feedback.failures.append(RefusedPoll(self._clock.now(), code, retry_after))
        return max(retry_after_s(retry_after) or 0.0, 2 * self._poll.every_s)

    def _state(self, status: object) -> JobState:
        word = str(status)
        if word in self._poll.done:
            return "done"
        if word in self._poll.failed:
            return "failed"
        return "cancelled" if word in self._poll.cancelled else "running"


def find(body: object, path: str) -> object | None:
    """Return what lies at a dotted path (`finalResult.jobs.0.id`), None when nothing does."""
    for part in path.split("."):
        if isinstance(body, Mapping):
            body = body.get(part)
        elif isinstance(body, list) and _INDEX.fullmatch(part) and int(part) < len(body):
            body = body[int(part)]
        else:
            return None
    return body


def _json(body: bytes) -> object:
    """A reply's object, with whatever a backend may put into it; None for anything else."""
    return parse_line(body)
