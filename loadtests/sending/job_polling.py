"""Work that fits into no timeout: a submit action starts a job, a poll action tells how it does.

Measured is the time from the submit's reply to the look that sees the job's end, and how often one has to
look. A 429 is a longer wait, not a look. What a flow should do with that is `analysis.jobs.loop_advice`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final

from analysis.format.job_lines import JobState
from analysis.format.schema import Outcome
from diag.genesys.outcomes import Classified
from diag.workload.load_shape import Poll
from loadtests.sending.fast_outcome import judge
from loadtests.sending.transport import NETWORK_ERRORS, Reply

UNREADABLE_LOOKS: Final = 5
"""A status that cannot be read so many times in a row will not get readable."""
STARVING: Final = "dataactions"
"""Namespace of the org's own limits in a 429: production is being refused too."""
_BACKEND_429: Final = "ACTION.REMOTE_ENDPOINT:429"


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of one job. `seconds` from the submit's reply: to the reply that told of its end, or,
    while it runs, to when the last look was sent that found it running."""

    state: JobState
    seconds: float = 0.0
    polls: int = 0
    throttled: int = 0
    why: str | None = None
    """For `no_status`: what the last look was answered with, where that was no result at all."""


class JobFollower:
    """Follows jobs of one submit action.

    `ask(job_id)` makes one poll call, paced by whoever gives it; `on_starving(code, retry_after)` hears of
    429s because the org's data action limits are exhausted, `on_token_refused()` of a look turned away for
    its token: whoever paces the looks then lets none through before there is a good one.
    """

    def __init__(
        self,
        poll: Poll,
        *,
        ask: Callable[[str], Reply],
        sleep: Callable[[float], object],
        now: Callable[[], float],
        on_starving: Callable[[str, str], None],
        on_token_refused: Callable[[], None],
    ) -> None:
        self._poll = poll
        self._ask = ask
        self._sleep = sleep
        self._now = now
        self._on_starving = on_starving
        self._on_token_refused = on_token_refused

    def follow(self, submitted: bytes, tell: Callable[[Progress], None]) -> None:
        """Look at the job until it ends; `tell` hears of each look and of its end."""
        began = self._now()
        job_id = find(_json(submitted), self._poll.job_id)
        if job_id is None:
            tell(Progress("no_job_id"))
            return
        known = Progress("running")
        unreadable = 0
        wait_s = self._poll.every_s
        while known.state == "running":
            self._sleep(wait_s)
            wait_s = self._poll.every_s
            sent_s = self._now() - began
            if sent_s > self._poll.give_up_s:
                known = replace(known, state="gave_up")
                tell(known)
                return
            try:
                reply = self._ask(str(job_id))
            except NETWORK_ERRORS:
                continue
            if reply.status == HTTPStatus.UNAUTHORIZED:
                self._on_token_refused()
                continue
            verdict = judge(reply.status, reply.body, 60, 0.0)
            refused = self._refused(verdict, reply.retry_after)
            if refused is not None:
                known = replace(known, throttled=known.throttled + 1)
                wait_s = refused
                tell(known)
                continue
            found = find(_json(reply.body), self._poll.status)
            unreadable = unreadable + 1 if found is None else 0
            state = self._state(found)
            if unreadable == UNREADABLE_LOOKS:
                state = "no_status"
                if verdict.outcome != Outcome.OK:
                    known = replace(known, why=verdict.error_code or verdict.outcome)
            if found is not None:
                known = replace(known, seconds=sent_s if state == "running" else self._now() - began)
            known = replace(known, state=state, polls=known.polls + 1)
            tell(known)

    def _refused(self, verdict: Classified, retry_after: str) -> float | None:
        """How long to wait if the look met a 429, the platform's or the backend's; None when it did not."""
        if verdict.outcome != Outcome.RATE_LIMITED and verdict.error_code != _BACKEND_429:
            return None
        if (verdict.error_code or "").startswith(STARVING):
            self._on_starving(verdict.error_code or "", retry_after)
        asked_s = float(retry_after) if retry_after.isdecimal() else 0.0
        return max(asked_s, 2 * self._poll.every_s)

    def _state(self, found: object) -> JobState:
        said = str(found)
        if said in self._poll.done:
            return "done"
        if said in self._poll.failed:
            return "failed"
        return "cancelled" if said in self._poll.cancelled else "running"


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


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
