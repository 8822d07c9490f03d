"""Follows the jobs of a running session, within the rate and the calls in flight that polls may use."""

import itertools
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

import gevent

from analysis.format.schema import Target
from diag.workload.load_shape import Poll
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.recording.recorder import Recorder
from loadtests.sending.job_polling import JobFollower, Progress
from loadtests.sending.run_clock import Clock
from loadtests.sending.transport import Reply, Transport

LIMIT_S: Final = 70.0
"""Longest wait for the reply of a poll: the platform's longest timeout and our ten seconds."""
ROOM_EVERY_S: Final = 0.1


class JobWatch:
    """One per load process. Where the plan has a rate limit, polls use the half that calls leave them.

    `room` tells whether one more call may be in flight, `hold_s` for how long nothing may be sent (the
    guard's pause, no good token), `on_starving` hears of 429s from the org's data action limits,
    `on_token_refused` of a look turned away for its token, `on_broken` of a row that could not be written,
    `on_crash` of a mistake of ours.
    """

    def __init__(
        self,
        plan: LoadPlan,
        *,
        transport: Transport,
        recorder: Recorder,
        token: Callable[[], str],
        clock: Clock,
        workers: Callable[[], int],
        room: Callable[[], bool],
        hold_s: Callable[[], float],
        on_starving: Callable[[str, str], None],
        on_token_refused: Callable[[], None],
        on_broken: Callable[[OSError], None],
        on_crash: Callable[[BaseException], None],
    ) -> None:
        self._transport = transport
        self._recorder = recorder
        self._token = token
        self._clock = clock
        self._most_per_s = plan.total_rate
        self._workers = workers
        self._room = room
        self._hold_s = hold_s
        self._on_starving = on_starving
        self._on_token_refused = on_token_refused
        self._on_broken = on_broken
        self._on_crash = on_crash
        self._next_at = 0.0
        self._numbers = itertools.count(1)
        self._live: set[Any] = set()
        self.in_flight = 0
        """Polls on their way."""
        self._followers: dict[str, JobFollower] = {}
        for action in plan.actions:
            if action.poll is not None:
                self._followers[action.action_id] = self._follower(action.poll)
                self._say_what_follows(action, action.poll)

    @property
    def open_jobs(self) -> int:
        """Jobs that are still followed."""
        return len(self._live)

    def submitted(self, action_id: str, reply: Reply) -> None:
        """Take in the reply of a submit call; its job is followed in a greenlet of its own."""
        greenlet = gevent.spawn(self._follow, action_id, reply)
        self._live.add(greenlet)
        greenlet.link(self._live.discard)
        greenlet.link_exception(lambda dead: self._on_crash(dead.exception))

    def finish(self) -> None:
        """Stop looking; the last line of each job still running says how long it was seen to run."""
        gevent.killall(list(self._live))

    def _follow(self, action_id: str, reply: Reply) -> None:
        number = next(self._numbers)
        at = round(self._clock.wall(self._clock.now()), 4)

        def tell(known: Progress) -> None:
            self._recorder.job("look", job=number, **{**asdict(known), "seconds": round(known.seconds, 4)})

        try:
            self._recorder.job(
                "job", job=number, action_id=action_id, at=at, correlation_id=reply.correlation_id
            )
            self._followers[action_id].follow(reply.body, tell)
        except OSError as error:  # from the recorder: what the network does is the follower's to bear
            self._on_broken(error)

    def _follower(self, poll: Poll) -> JobFollower:
        def ask(job_id: str) -> Reply:
            self._wait_for_turn()
            self.in_flight += 1
            try:
                body = json.dumps({poll.parameter: job_id}).encode()
                request = self._transport.prepare(poll.action, Target.PUBLISHED, body, self._token())
                sock, _ = self._transport.connect()
                return self._transport.exchange(sock, request, LIMIT_S)
            finally:
                self.in_flight -= 1

        return JobFollower(
            poll,
            ask=ask,
            sleep=gevent.sleep,
            now=self._clock.now,
            on_starving=self._on_starving,
            on_token_refused=self._on_token_refused,
        )

    def _say_what_follows(self, action: ActionLoad, poll: Poll) -> None:
        self._recorder.job(
            "flow",
            action_id=action.action_id,
            action_name=action.action_name,
            poll_action_name=poll.action_name,
            every_s=poll.every_s,
            give_up_s=poll.give_up_s,
        )

    def _wait_for_turn(self) -> None:
        """Keep to the polls' share of the rate, to the guard's pause and to the cap of calls in flight."""
        now = self._clock.now
        at = max(self._next_at, now())
        self._next_at = at + (0.0 if self._most_per_s is None else self._workers() / self._most_per_s)
        gevent.sleep(max(0.0, at - now()))
        while (held_s := self._hold_s()) > 0.0:
            gevent.sleep(held_s)
        while not self._room():
            gevent.sleep(ROOM_EVERY_S)
