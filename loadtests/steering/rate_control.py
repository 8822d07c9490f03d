"""How fast each action is called right now: users, stages, windows, turns, pauses, and what is done.

Pure: it knows only the time it is given and what was decided, and answers with rates. An action's own rate
never rises when another one is done (that would be another load level); what becomes free starts actions that
waited. Nor does it rise beyond what the limits leave: however many users there are, together they stay below.
"""

from dataclasses import dataclass
from typing import Final

from loadtests.planning.plan import LoadPlan
from loadtests.steering.settled_actions import SETTLED
from loadtests.steering.waiting_actions import TINY, WaitingActions

_LIFTED_BY: Final = {
    False: "exceed_limits = true in the workload lifts this",
    True: "the rates confirmed for hosts, and the org's limits where it is called too, allow this",
}


@dataclass(slots=True)
class _State:
    rate: float
    factor: float = 1.0
    done: str | None = None


class RateControl:
    """Keeps the rates; each stream takes its share of them. Times are seconds since the start.

    Owned by `Director`; `loadtests.run.size_of_run` asks one of its own what a run would send.
    """

    def __init__(self, plan: LoadPlan, *, soak_offset_s: float = 0.0) -> None:
        self._plan = plan
        self._states = [_State(action.rate) for action in plan.actions]
        self._waiting = WaitingActions(plan)
        self._paused_until = 0.0
        self._soak_offset_s = soak_offset_s
        self.level = 1.0
        """Factor of the ramp's present step."""

    def finish(self, index: int, why: str) -> bool:
        """Stop calling an action; returns False when it was done already."""
        state = self._states[index]
        if state.done is not None:
            return False
        state.done = why
        return True

    def slow(self, index: int, factor: float) -> None:
        """Multiply an action's rate by `factor` from now on."""
        self._states[index].factor *= factor

    def slow_all(self, factor: float) -> None:
        """Multiply every action's rate by `factor` from now on."""
        for state in self._states:
            state.factor *= factor

    def pause(self, until_s: float) -> None:
        """Send nothing before `until_s`."""
        self._paused_until = max(self._paused_until, until_s)

    def pauses(self, now_s: float) -> bool:
        """Whether nothing may be sent because of a pause."""
        return now_s < self._paused_until

    def load(self, now_s: float, users: int) -> float:
        """Return how many times the planned rates are sent now, by all users together."""
        return min(self._asked(now_s, users), self._plan.most_load)

    def rates(self, now_s: float, users: int) -> list[float]:
        """Return each action's calls/s at this moment, all users together."""
        if self.pauses(now_s):
            return [0.0] * len(self._states)
        load = self.load(now_s, users)
        rates = [0.0] * len(self._states)
        for index in self._waiting.called_now([state.done is not None for state in self._states]):
            state = self._states[index]
            rates[index] = state.rate * state.factor * load
        return rates

    def capped(self, now_s: float, users: int) -> str | None:
        """Return one sentence where more load is asked for than the limits leave, else None."""
        if self._asked(now_s, users) <= self._plan.most_load * (1 + TINY) or self._plan.total_rate is None:
            return None
        planned = sum(state.rate for state in self._states)
        most = min(planned * self._plan.most_load, self._plan.total_rate)
        return (
            f"more load is asked for than the limits leave: all users together send {most:.3g} calls/s "
            f"and no more ({_LIFTED_BY[self._plan.direct is not None]})"
        )

    @property
    def all_done(self) -> bool:
        """Whether no action is called any more, in turn or later."""
        return all(state.done is not None for state in self._states)

    def over(self, now_s: float) -> str | None:
        """Return why the run has come to its end, or None."""
        if self.all_done:
            settled = all(state.done == SETTLED for state in self._states)
            return "every action is settled" if settled else "no action is left to call"
        if self._plan.mode == "soak" and now_s + self._soak_offset_s >= self._plan.soak.total_s:
            return "the soak's time is over"
        if self._plan.stages and now_s >= sum(stage.duration_s for stage in self._plan.stages):
            return "the last stage is over"
        return None

    def _asked(self, now_s: float, users: int) -> float:
        return users / self._plan.divided_among * self._stage_factor(now_s) * self.level

    def _stage_factor(self, now_s: float) -> float:
        if self._plan.mode == "soak":
            soak = self._plan.soak
            return 1.0 if (now_s + self._soak_offset_s) % soak.every_s < soak.window_s else 0.0
        for stage in self._plan.stages:
            if now_s < stage.duration_s:
                return stage.factor
            now_s -= stage.duration_s
        return 0.0 if self._plan.stages else 1.0
