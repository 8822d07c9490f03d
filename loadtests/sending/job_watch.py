"""Follows the jobs of a running session, within the rate and the calls in flight that polls may use."""

import itertools
import json
from dataclasses import asdict
from typing import Any, Final

import gevent

from analysis.format.sample_schema import ActionVersion, InputOrigin
from diag.workload.tables.load_shape import Poll
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.sending.call_budget import CallBudget
from loadtests.sending.call_context import CallContext
from loadtests.sending.job_polling import JobFollower
from loadtests.sending.transport import Reply

LIMIT_S: Final = 70.0
"""Longest wait for the reply of a poll: the longest timeout of the platform and ten seconds."""
ROOM_EVERY_S: Final = 0.1


class JobWatch:
    """Follows every job that a call submitted, each in a greenlet of its own. Owned by `Session`.

    Polls keep within the budget of calls in flight; where the plan has a rate limit, they use the half of it
    that calls leave them.
    """

    def __init__(self, plan: LoadPlan, context: CallContext, budget: CallBudget) -> None:
        self._context = context
        self._recorder = context.recorder
        self._clock = context.clock
        self._budget = budget
        self._most_per_s = plan.total_rate
        self._next_at = 0.0
        self._numbers = itertools.count(1)
        self._live: set[Any] = set()
        self._followers: dict[str, JobFollower] = {}
        for action in plan.actions:
            if action.poll is not None:
                self._followers[action.action_id] = self._follower(action.poll)
                self._record_flow(action, action.poll)

    @property
    def open_jobs(self) -> int:
        """Jobs that are still followed."""
        return len(self._live)

    def submitted(self, action_id: str, reply: Reply, origin: InputOrigin) -> None:
        """Follow the job that this reply of a submit call names, in a greenlet of its own."""
        greenlet = gevent.spawn(self._follow, action_id, reply, origin)
        self._live.add(greenlet)
        greenlet.link(self._live.discard)
        greenlet.link_exception(lambda failed: self._context.faults.unexpected(failed.exception))

    def finish(self) -> None:
        """Stop polling; the last line of each job still running says how long it was seen to run."""
        gevent.killall(list(self._live))

    def _follow(self, action_id: str, reply: Reply, origin: InputOrigin) -> None:
        number = next(self._numbers)
        at = round(self._clock.wall(self._clock.now()), 4)
        try:
            self._recorder.job(
                "job",
                job=number,
                action_id=action_id,
                at=at,
                correlation_id=reply.correlation_id,
                input_origin=origin,
            )
            for known in self._followers[action_id].follow(reply.body):
                facts = {**asdict(known), "seconds": round(known.seconds, 4)}
                self._recorder.job("look", job=number, **facts)
        except OSError as error:  # from the recorder: the follower bears what the network does
            self._context.faults.unwritable(error)

    def _follower(self, poll: Poll) -> JobFollower:
        def ask(job_id: str) -> Reply:
            self._wait_for_turn()
            self._budget.taken += 1
            try:
                body = json.dumps({poll.parameter: job_id}).encode()
                transport, token = self._context.transport, self._context.link.token()
                request = transport.prepare(poll.action, ActionVersion.PUBLISHED, body, token)
                sock, _ = transport.connect()
                return transport.exchange(sock, request, LIMIT_S)
            finally:
                self._budget.taken -= 1

        return JobFollower(poll, ask, self._clock, self._context.feedback)

    def _record_flow(self, action: ActionLoad, poll: Poll) -> None:
        self._recorder.job(
            "flow",
            action_id=action.action_id,
            action_name=action.action_name,
            poll_action_name=poll.action_name,
            every_s=poll.every_s,
            give_up_s=poll.give_up_s,
        )

    def _wait_for_turn(self) -> None:
        """Keep to the polls' share of the rate, to a hold on everything and to the cap of calls in flight."""
        clock, budget = self._clock, self._budget
        at = max(self._next_at, clock.now())
        workers = self._context.link.workers()
        self._next_at = at + (0.0 if self._most_per_s is None else workers / self._most_per_s)
        clock.sleep(max(0.0, at - clock.now()))
        while budget.on_hold or not budget.has_room():
            clock.sleep(ROOM_EVERY_S)
