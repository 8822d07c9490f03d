"""Does what the policies decided: one entry of a table for each kind of decision."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from analysis.format.manifest import LeftOut
from loadtests.planning.plan import LoadPlan
from loadtests.recording.recorder import Recorder
from loadtests.sending.session_link import SessionLink
from loadtests.steering.decisions import (
    Decision,
    FinishAction,
    Knee,
    Notice,
    Pause,
    RampStep,
    SlowAction,
    StopAction,
    StopRun,
)
from loadtests.steering.rate_control import RateControl
from loadtests.steering.settled_actions import SETTLED

_LOG: Final = logging.getLogger("diag.load")


class ObeyDecisions:
    """Owned by `Director`. Calling it raises OSError when an event cannot be written."""

    def __init__(self, plan: LoadPlan, link: SessionLink, recorder: Recorder, rates: RateControl) -> None:
        self._plan = plan
        self._link = link
        self._recorder = recorder
        self._rates = rates
        self.stopped = False
        """Whether a decision ended the run."""
        self.left_out: list[LeftOut] = []
        """Actions that were not called any longer because they must not be, and why."""
        self.notes: list[str] = []
        """Sentences about the run for the user: knees of a ramp, decisions of the guard."""
        self.table: Mapping[type[Decision], Callable[[Any, float], object]] = {
            Notice: lambda notice, _: self._note(notice.step, notice.why),
            StopAction: self._stop_action,
            SlowAction: self._slow_action,
            Pause: self._pause,
            StopRun: self._stop_run,
            FinishAction: self._finish_action,
            Knee: self._finish_at_knee,
            RampStep: self._ramp_step,
        }

    def __call__(self, decisions: Sequence[Decision], now_s: float) -> None:
        """Carry out each of them, `now_s` seconds after the start."""
        for decision in decisions:
            self.table[type(decision)](decision, now_s)

    def forbid(self, index: int, why: str) -> bool:
        """Stop calling an action that we may not call; returns False when it was done already."""
        if not self._rates.finish(index, why):
            return False
        action = self._plan.actions[index]
        self.left_out.append(LeftOut(action.shown_name, why))
        said = f"left out: {action.shown_name} ({why})"
        _LOG.warning(said)
        self._recorder.event("guard", step=StopAction.step, why=said, action_id=action.key)
        return True

    def _stop_action(self, decision: StopAction, _: float) -> None:
        self._note(decision.step, decision.why, decision.index)
        if self._rates.finish(decision.index, decision.why):
            self.left_out.append(LeftOut(self._plan.actions[decision.index].shown_name, decision.why))

    def _slow_action(self, decision: SlowAction, _: float) -> None:
        self._note(decision.step, decision.why, decision.index)
        self._rates.slow(decision.index, 0.5)

    def _pause(self, decision: Pause, now_s: float) -> None:
        self._note(decision.step, decision.why)
        self._rates.slow_all(0.5)
        self._rates.pause(decision.until_s)
        if decision.for_all:
            self._link.pause_all(decision.why, decision.until_s - now_s)

    def _stop_run(self, decision: StopRun, _: float) -> None:
        self.stopped = True
        self._link.end_run(decision.why, exit_code=decision.exit_code)

    def _finish_action(self, decision: FinishAction, _: float) -> None:
        if self._rates.finish(decision.index, decision.why) and decision.why == SETTLED:
            self._recorder.event("settled", action_id=self._plan.actions[decision.index].key)

    def _finish_at_knee(self, knee: Knee, _: float) -> None:
        action = self._plan.actions[knee.index]
        at = (
            f"straight up to {knee.rate:.3g} calls/s ({knee.in_flight:.1f} in flight)"
            if knee.rate is not None
            else "not straight even at the first step"
        )
        self.notes.append(f"{action.shown_name}: {at}; {knee.why}")
        facts = {"rate": knee.rate, "in_flight": knee.in_flight, "why": knee.why}
        self._recorder.event("knee", action_id=action.key, **facts)
        self._rates.finish(knee.index, knee.why)

    def _ramp_step(self, step: RampStep, _: float) -> None:
        self._rates.level = step.level

    def _note(self, step: str, why: str, index: int | None = None) -> None:
        """Report a decision in the log, in the live table (the event) and in the manifest."""
        _LOG.warning(why)
        action_id = None if index is None else self._plan.actions[index].key
        self._recorder.event("guard", step=step, why=why, action_id=action_id)
        self.notes.append(why)
