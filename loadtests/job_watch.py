"""Follows the jobs of a running session, within the rate that polls may use, and sums them up."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Final

import gevent

from analysis.run_folder import RunFolder
from analysis.schema import Target
from loadtests.plan import ActionLoad, LoadPlan
from loadtests.polling import Job, JobFollower, advice
from loadtests.recorder import EVENTS_SUFFIX, Recorder
from loadtests.transport import Reply, Transport

LIMIT_S: Final = 70.0
"""Longest wait for the reply of a poll: the platform's longest timeout and our ten seconds."""


class JobWatch:
    """One per load process. Where the plan has a rate limit, polls use the half that calls leave them."""

    def __init__(
        self,
        plan: LoadPlan,
        *,
        transport: Transport,
        recorder: Recorder,
        token: Callable[[], str],
        now: Callable[[], float],
    ) -> None:
        self._transport = transport
        self._recorder = recorder
        self._token = token
        self._now = now
        self._gap_s = 0.0 if plan.total_rate is None else 1.0 / plan.total_rate
        self._next_at = 0.0
        self._live: set[Any] = set()
        self._followers = {
            action.action_id: self._follower(action) for action in plan.actions if action.poll is not None
        }

    def submitted(self, action_id: str, body: bytes) -> None:
        """Take in the reply of a submit call; its job is followed in a greenlet of its own."""
        follower = self._followers.get(action_id)
        if follower is None:
            return
        greenlet = gevent.spawn(follower.follow, body, self._record)
        self._live.add(greenlet)
        greenlet.link(self._live.discard)

    def finish(self) -> None:
        """Stop looking; each job still running is recorded as such."""
        gevent.killall(list(self._live))

    def _record(self, job: Job) -> None:
        self._recorder.event("job", **asdict(job))

    def _follower(self, action: ActionLoad) -> JobFollower:
        assert action.poll is not None
        poll = action.poll

        def ask(job_id: str) -> Reply:
            self._wait_for_turn()
            body = json.dumps({poll.parameter: job_id}).encode()
            request = self._transport.prepare(poll.action, Target.PUBLISHED, body, self._token())
            sock, _ = self._transport.connect()
            return self._transport.exchange(sock, request, LIMIT_S)

        return JobFollower(action.action_id, poll, ask=ask, sleep=gevent.sleep, now=self._now)

    def _wait_for_turn(self) -> None:
        at = max(self._next_at, self._now())
        self._next_at = at + self._gap_s
        gevent.sleep(max(0.0, at - self._now()))


def job_advice(folder: RunFolder, actions: Sequence[ActionLoad]) -> tuple[str, ...]:
    """Return one sentence per submit action, from the jobs all processes recorded."""
    if not any(action.poll for action in actions):
        return ()
    jobs: dict[str, list[Job]] = {}
    for path in sorted(folder.segments.glob(f"*{EVENTS_SUFFIX}")):
        for line in path.read_bytes().split(b"\n")[:-1]:
            body = json.loads(line)
            if body.pop("kind") == "job":
                jobs.setdefault(body["action_id"], []).append(Job(**body))
    said = (advice(action, jobs.get(action.action_id, [])) for action in actions)
    return tuple(one for one in said if one is not None)
