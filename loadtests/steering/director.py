"""Steers a running session: asks the policies what to do, and has it done (`steering.obey_decisions`).

`Session` calls `tick` some times a second and `second` once a second; both pass values in, and what must
change comes back as a value (`Orders`) or goes out through the `SessionLink`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from analysis.format.manifest import LeftOut
from analysis.format.run_folder import RunFolder
from diag.exit_codes import ExitCode
from diag.genesys.actions import EXECUTE
from diag.genesys.replies.which_api_error import error_reply
from loadtests.planning.plan import LoadPlan
from loadtests.recording.recorder import Recorder
from loadtests.recording.run_clock import RunClock
from loadtests.sending.feedback import FailedCall, Failure, RefusedPoll
from loadtests.sending.refused_to_us import refused_to_us
from loadtests.sending.session_link import SessionLink
from loadtests.sending.transport import Reply
from loadtests.steering.call_count import CallCount
from loadtests.steering.decisions import Decision, Notice, StopRun
from loadtests.steering.guard import Guard
from loadtests.steering.load_second import Load, Second
from loadtests.steering.obey_decisions import ObeyDecisions
from loadtests.steering.ramp import RampTracker
from loadtests.steering.rate_control import RateControl
from loadtests.steering.settled_actions import SettledActions
from loadtests.steering.token_renewal import TokenRenewal

HOURS_OVER: Final = "the hours in which calls are allowed are over"


@dataclass(frozen=True, slots=True)
class Orders:
    """What holds until the next tick. `on_hold`: nothing may be sent, polls of jobs included."""

    load: Load
    on_hold: bool
    new_token: str | None = field(default=None, repr=False)
    """For every call from now on; None: the token is still the same."""


class Director:
    """One per load process, owned by `Session`. Its methods raise OSError when an event cannot be written."""

    def __init__(
        self,
        plan: LoadPlan,
        link: SessionLink,
        recorder: Recorder,
        clock: RunClock,
        folder: RunFolder,
        *,
        soak_offset_s: float = 0.0,
    ) -> None:
        self._plan = plan
        self._link = link
        self._clock = clock
        self._rates = RateControl(plan, soak_offset_s=soak_offset_s)
        self._decided = ObeyDecisions(plan, link, recorder, self._rates)
        self._guard = Guard(plan.guard, [action.shown_name for action in plan.actions])
        ramps = plan.mode == "ramp"
        self._ramp = RampTracker(plan.ramp, len(plan.actions), plan.most_load) if ramps else None
        self._call_count = CallCount([plan.most_calls(action) for action in plan.actions])
        self._settled = SettledActions(folder, [action.key for action in plan.actions])
        self._token = TokenRenewal(
            link, clock, ends_after_s=plan.guard.no_token_s, needed=plan.asks_the_platform
        )
        self._now_s = 0.0
        self._cap_noted = False
        self._forbidden_actions = 0
        self._never_called = 0
        self._over = False
        """Whether nothing is sent any more."""
        self._over_why = ""
        self._ended = False
        """Whether the end of the run was asked for."""

    @property
    def left_out(self) -> list[LeftOut]:
        """Actions that were not called any longer because they must not be, and why."""
        return self._decided.left_out

    @property
    def notes(self) -> list[str]:
        """Sentences about the run for the user: knees of a ramp, decisions of the guard."""
        return self._decided.notes

    def tick(self, now_s: float, users: int, failures: Sequence[Failure]) -> Orders:
        """Return what holds from now on, for all `users` of all processes together.

        `failures`: what went wrong since the last tick; some of it must not wait for the end of a second.
        """
        self._now_s = now_s
        for failure in failures:
            self._consider(failure)
        self._carry_out([*self._guard.take(), *self._token.take()])
        if not self._cap_noted and (capped := self._rates.capped(now_s, users)) is not None:
            self._cap_noted = True
            self._carry_out([Notice("limit", capped)])
        silent = self._over or self._token.lost or self._hours_are_over
        rates = [0.0] * len(self._plan.actions) if silent else self._rates.rates(now_s, users)
        return Orders(
            load=Load(rates, self._rates.load(now_s, users)),
            on_hold=self._rates.pauses(now_s) or self._token.lost or self._hours_are_over,
            new_token=self._token.take_new_token(),
        )

    def is_due(self, sent: Sequence[int], share: float, waiting: int) -> bool:
        """Return whether what `second` decides should not wait for the end of the second: an action got the
        last call it was to get (`sent`: those of this process so far), or all were done and nothing is
        waited for any more (`waiting`: calls in flight and open jobs)."""
        if self._over or self._rates.all_done:
            return not self._ended and waiting == 0
        return self._call_count.is_due(sent, share)

    def second(self, second: Second) -> None:
        """Have every policy decide by what the last second brought; end the run when it is over."""
        for failure in second.failures:
            self._consider(failure)
        self._carry_out(self._guard.second(second))
        if self._ramp is not None:
            self._carry_out(self._ramp.second(second))
        self._carry_out(self._call_count.second(second))
        self._carry_out(self._settled.second(second))
        if not self._ended:
            self._carry_out(self._token.second(second))
        why = self._rates.over(second.now_s) or (self._ramp.over if self._ramp is not None else None)
        if why is None and self._hours_are_over:
            missing = self._call_count.missing
            why = HOURS_OVER + (f"; planned calls not sent: {missing}" if missing else "")
        if why is not None and not self._over:
            self._over, self._over_why = True, why
        if self._over and not self._ended and not self._waits_for(second):
            self._ended = True
            self._link.end_run(self._over_why, failed=False)

    @property
    def _hours_are_over(self) -> bool:
        """Whether the time in which calls may leave is over."""
        return self._clock.is_past(self._plan.may_call_until)

    def _waits_for(self, second: Second) -> bool:
        """Whether something must come to its end before the run does: submitted jobs, calls in flight.

        Where every action is done as planned, its last calls are part of what settled it or was asked for:
        cut off after `drain_s`, the slow ones among them would take the answer away again. After the time in
        which calls may leave a job is followed no further: its polls are calls.
        """
        if self._hours_are_over:
            return bool(second.in_flight)
        return bool(second.open_jobs) or (
            bool(second.in_flight) and self._rates.all_done and len(self.left_out) == self._never_called
        )

    def leave_out(self, index: int, why: str) -> None:
        """Never call an action: what keeps its calls from beginning was found before the first one."""
        if self._decided.forbid(index, why):
            self._forbidden_actions += 1
            self._never_called += 1

    def settle(self, action_ids: Collection[str]) -> None:
        """Stop calling these actions: the master reports that their answer can no longer change."""
        self._carry_out(self._settled.settled(action_ids))

    def paused_elsewhere(self, why: str, pause_s: float) -> None:
        """Pause because another load process met the org's limits."""
        self._guard.paused_elsewhere(why, pause_s, self._now_s)

    def stop(self) -> None:
        """Report and write nothing any more."""
        self._token.stop()

    def _consider(self, failure: Failure) -> None:
        if isinstance(failure, RefusedPoll):
            if failure.code is None:
                self._token.refused(failure.ended_at)
            else:
                self._guard.refused(failure.code, failure.retry_after, self._now_s)
        elif (refusal := self._refusal(failure)) is None:
            self._guard.failed(failure, self._now_s)
        elif refusal.status == HTTPStatus.FORBIDDEN:
            self._forbid(failure.index, refusal)
        else:
            self._token.refused(failure.ended_at)

    def _forbid(self, index: int, reply: Reply) -> None:
        """Stop calling an action that we lack a permission for; name the permission."""
        why = error_reply(reply.status, {}, reply.body, "POST .../test", EXECUTE).message
        if not self._decided.forbid(index, why):
            return
        self._forbidden_actions += 1
        if self._forbidden_actions == len(self._plan.actions):
            self._carry_out([StopRun(why, ExitCode.AUTH)])

    def _refusal(self, call: FailedCall) -> Reply | None:
        return refused_to_us(call, direct=self._plan.actions[call.index].direct is not None)

    def _carry_out(self, decisions: Sequence[Decision]) -> None:
        self._decided(decisions, self._now_s)
        if self._decided.stopped:
            self._over = self._ended = True
