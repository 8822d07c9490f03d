"""Who may be called right now, and how fast: stages, windows, turns, pauses, and what is done.

Pure: it is told the time and what was seen, and answers with rates. An action's own rate never rises when
another one is done (that would be another load level); what becomes free starts actions that waited.
"""

from dataclasses import dataclass
from typing import Final

from loadtests.plan import LoadPlan

SETTLED: Final = "settled"
_TINY: Final = 1e-9


@dataclass(slots=True)
class _State:
    rate: float
    factor: float = 1.0
    done: str | None = None


class Conductor:
    """Keeps the rates; each stream takes its share of them. Times are seconds since the start."""

    def __init__(self, plan: LoadPlan, *, soak_offset_s: float = 0.0) -> None:
        self._plan = plan
        self._states = [_State(action.rate) for action in plan.actions]
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

    def done(self) -> dict[int, str]:
        """Return the actions that are not called any more, and why."""
        return {index: state.done for index, state in enumerate(self._states) if state.done is not None}

    def rates(self, now_s: float) -> list[float]:
        """Return each action's calls/s at this moment."""
        if now_s < self._paused_until:
            return [0.0] * len(self._states)
        factor = self._stage_factor(now_s) * self.level
        room = self._plan.total_rate
        rates = []
        for state in self._states:
            rate = 0.0 if state.done is not None else state.rate * state.factor * factor
            if room is not None and rate > 0:
                # In turn: an action that does not fit any more waits until another one is done.
                rate = rate if rate <= room + _TINY else 0.0
                room -= rate
            rates.append(rate)
        return rates

    def over(self, now_s: float) -> str | None:
        """Return why the run has come to its end, or None."""
        if all(state.done is not None for state in self._states):
            settled = all(state.done == SETTLED for state in self._states)
            return "every action is settled" if settled else "no action is left to call"
        if self._plan.mode == "soak" and now_s + self._soak_offset_s >= self._plan.soak.total_s:
            return "the soak's time is over"
        if self._plan.stages and now_s >= sum(stage.duration_s for stage in self._plan.stages):
            return "the last stage is over"
        return None

    def _stage_factor(self, now_s: float) -> float:
        if self._plan.mode == "soak":
            soak = self._plan.soak
            return 1.0 if (now_s + self._soak_offset_s) % soak.every_s < soak.window_s else 0.0
        for stage in self._plan.stages:
            if now_s < stage.duration_s:
                return stage.factor
            now_s -= stage.duration_s
        return 0.0 if self._plan.stages else 1.0
