"""Steers a running session: stages, turns, guard, ramp, settled actions, a fresh token, and the end."""

import logging
from collections.abc import Callable, Collection, Sequence
from http import HTTPStatus
from typing import Final, Protocol

from analysis.format.run_folder import LeftOut
from analysis.format.schema import Outcome
from diag.exit_codes import ExitCode
from diag.genesys.actions import EXECUTE
from diag.genesys.http.error_reply import error_reply
from loadtests.planning.plan import LoadPlan
from loadtests.recording.recorder import Recorder
from loadtests.sending.caller import Caller, Prepared
from loadtests.sending.streams import TICK_S
from loadtests.sending.transport import Reply
from loadtests.steering.guard import Decision, Guard
from loadtests.steering.ramp import RampTracker
from loadtests.steering.rate_control import SETTLED, Conductor
from loadtests.steering.settled_actions import SettledFile
from loadtests.steering.token_watch import TokenWatch

_LOG: Final = logging.getLogger("diag.load")


class EndRun(Protocol):
    """Ends the run from anywhere. `failed` runs keep their data but are not complete."""

    def __call__(self, why: str, *, failed: bool = True, exit_code: int = ExitCode.INCOMPLETE) -> None:
        """Ask for the end; returns at once."""


class Director:
    """One per load process."""

    def __init__(
        self,
        plan: LoadPlan,
        *,
        recorder: Recorder,
        caller: Caller,
        dropped: Sequence[int],
        settled: SettledFile,
        renew_token: Callable[[bool], bool],
        now: Callable[[], float],
        end_run: EndRun,
        on_pause: Callable[[str, float], None],
        open_jobs: Callable[[], int] = lambda: 0,
        share: Callable[[], float],
        soak_offset_s: float = 0.0,
    ) -> None:
        self._plan = plan
        self._recorder = recorder
        self._caller = caller
        self._dropped = dropped
        self._settled = settled
        self._token = TokenWatch(
            renew_token,
            ends_after_s=plan.guard.no_token_s,
            now=now,
            on_new=caller.refresh_requests,
            say=lambda why: self._say("token", why),
        )
        self._end_run = end_run
        self._on_pause = on_pause
        self._share = share
        self._open_jobs = open_jobs
        self.conductor = Conductor(plan, soak_offset_s=soak_offset_s)
        self._guard = Guard(plan.guard, [action.action_name for action in plan.actions])
        self._ramp = RampTracker(plan.ramp, len(plan.actions)) if plan.mode == "ramp" else None
        self._before = recorder.totals()
        self._dropped_before = list(dropped)
        self._now_s = 0.0
        self._users = 0
        self._rates = [0.0] * len(plan.actions)
        self._cap_said = False
        self._over = False
        self._forbidden_actions = 0
        self._last_words: str | None = None
        """Why the run is over, while jobs that were submitted are still followed."""
        self.left_out: list[LeftOut] = []
        """Actions the guard stopped calling, and why."""
        self.notes: list[str] = []
        """Sentences about the run for people: knees of a ramp, decisions of the guard."""

    def rates(self, now_s: float, users: int) -> list[float]:
        """Return each action's calls/s now, for all `users` of all processes together."""
        self._now_s, self._users = now_s, users
        self._heed_guard()
        if not self._cap_said and (said := self.conductor.capped(now_s, users)) is not None:
            self._cap_said = True
            self._say("limit", said)
        silent = self._over or self._token.lost
        self._rates = [0.0] * len(self._plan.actions) if silent else self.conductor.rates(now_s, users)
        return self._rates

    def failure(self, prepared: Prepared, outcome: Outcome, code: str | None, reply: Reply | None) -> None:
        """Take in a call that was not ok; `reply` is None where none came."""
        if outcome is Outcome.AUTH_ERROR and reply is not None and not (code or "").startswith("ACTION."):
            # Ours, so it must not count against the action; where the action's own login failed, the code
            # begins with ACTION. or the reply itself is a 200.
            if reply.status == HTTPStatus.FORBIDDEN:
                self._forbidden(prepared, reply)
                return
            if reply.status == HTTPStatus.UNAUTHORIZED:
                self._token.refused()
                return
        calls, ok, timeouts, _ = self._recorder.totals_of(prepared.index)
        retry_after = reply.retry_after if reply is not None else ""
        self._guard.failure(
            *(prepared.index, outcome, code, retry_after, self._now_s),
            calls=calls,
            timeouts=timeouts,
            fine=ok + timeouts,
        )

    def _forbidden(self, prepared: Prepared, reply: Reply) -> None:
        """Stop calling an action that we may not call; name the permission."""
        why = error_reply(reply.status, {}, reply.body, "POST .../test", EXECUTE).message
        if not self.conductor.finish(prepared.index, why):
            return
        self.left_out.append(LeftOut(prepared.load.action_name, why))
        self._recorder.event("guard", step="stop_action", why=why, action_id=prepared.load.action_id)
        self._forbidden_actions += 1
        if self._forbidden_actions == len(self._plan.actions):
            self._over = True
            self._end_run(why, exit_code=ExitCode.AUTH)

    def hold_s(self) -> float:
        """Return for how many seconds at least nothing may be sent: the guard's pause, or no good token."""
        return max(self.conductor.pause_left_s(self._now_s), TICK_S if self._token.lost else 0.0)

    def starving(self, code: str, retry_after: str) -> None:
        """Take in a 429 from the org's data action limits that a look at a job met."""
        self._guard.refused(code, retry_after, self._now_s)

    def token_refused(self) -> None:
        """Take in that a look at a job was turned away for its token."""
        self._token.refused()

    def stop(self) -> None:
        """Say and write nothing any more."""
        self._token.stop()

    def second(self, now_s: float) -> None:
        """Look at what the last second brought; called once a second."""
        totals = self._recorder.totals()
        errors = [now[3] - before[3] for now, before in zip(totals, self._before, strict=True)]
        held = [now - before for now, before in zip(self._dropped, self._dropped_before, strict=True)]
        self._before, self._dropped_before = totals, list(self._dropped)
        latencies = self._caller.take_latencies()
        self._guard.second(now_s, [ok + timeouts for _, ok, timeouts, _ in totals], latencies)
        self._heed_guard()
        if self._ramp is not None:
            self._ramp_on(self._ramp, now_s, latencies, errors, held)
        self._count_calls([calls for calls, _, _, _ in totals])
        if (settled := self._settled.news()) is not None:
            self.settle(settled)
        no_token = self._token.look()
        if no_token is not None and (not self._over or self._last_words is not None):
            self._over, self._last_words = True, None
            self._end_run(no_token, exit_code=ExitCode.AUTH)
        why = self.conductor.over(now_s)
        if why is None and self._ramp is not None:
            why = self._ramp.over
        if why is not None and not self._over:
            self._over = True  # nothing is sent any more
            self._last_words = why
        if self._last_words is not None and not self._open_jobs():
            why, self._last_words = self._last_words, None
            self._end_run(why, failed=False)

    def paused_elsewhere(self, why: str, pause_s: float) -> None:
        """Take in that another load process pauses to spare the org."""
        self._guard.paused_elsewhere(why, pause_s, self._now_s)

    def _heed_guard(self) -> None:
        for decision in self._guard.take():
            self._carry_out(decision)

    def _carry_out(self, decision: Decision) -> None:
        index = decision.index
        if decision.step == "stop_run":  # the reason of the end says it
            self._over = True
            self._end_run(decision.why, exit_code=decision.exit_code)
            return
        action_id = None if index is None else self._plan.actions[index].action_id
        self._say(decision.step, decision.why, action_id)
        match decision.step:
            case "stop_action" if index is not None:
                if self.conductor.finish(index, decision.why):
                    self.left_out.append(LeftOut(self._plan.actions[index].action_name, decision.why))
            case "slow_action" if index is not None:
                self.conductor.slow(index, 0.5)
            case "pause" if decision.until_s is not None:
                self.conductor.slow_all(0.5)
                self.conductor.pause(decision.until_s)
                if decision.for_all:
                    self._on_pause(decision.why, decision.until_s - self._now_s)

    def _say(self, step: str, why: str, action_id: str | None = None) -> None:
        """Tell people: in the log, in the live table (the event), in the manifest."""
        _LOG.warning(why)
        self._recorder.event("guard", step=step, why=why, action_id=action_id)
        self.notes.append(why)

    def _ramp_on(
        self,
        ramp: RampTracker,
        now_s: float,
        latencies: Sequence[Sequence[float]],
        errors: Sequence[int],
        held: Sequence[int],
    ) -> None:
        before, step = self.conductor.load(now_s, self._users), ramp.step
        for knee in ramp.second(now_s, latencies, errors, held, self._rates):
            name = self._plan.actions[knee.index].action_name
            at = (
                f"straight up to {knee.rate:.3g} calls/s ({knee.in_flight:.1f} in flight)"
                if knee.rate is not None
                else "not straight even at the first step"
            )
            self.notes.append(f"{name}: {at}; {knee.why}")
            self._recorder.event(
                "knee",
                action_id=self._plan.actions[knee.index].action_id,
                rate=knee.rate,
                in_flight=knee.in_flight,
                why=knee.why,
            )
            self.conductor.finish(knee.index, knee.why)
        self.conductor.level = ramp.level
        if ramp.step > step and self.conductor.load(now_s, self._users) <= before:
            ramp.stop()  # the next step would be this one again

    def _count_calls(self, calls: Sequence[int]) -> None:
        share = self._share()  # of the users, and so of the calls: that of this process
        if self._plan.calls_per_action is None or not share:
            return
        most = self._plan.calls_per_action
        for index, count in enumerate(calls):
            if count >= most * share:
                self.conductor.finish(index, f"{most} calls made")

    def settle(self, action_ids: Collection[str]) -> None:
        """Stop calling these actions: their answer can no longer change."""
        for index, action in enumerate(self._plan.actions):
            if action.action_id in action_ids and self.conductor.finish(index, SETTLED):
                self._recorder.event("settled", action_id=action.action_id)
