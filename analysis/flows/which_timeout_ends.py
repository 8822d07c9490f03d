"""Which of two timeouts ends a call: the action's, or the step's own. And how long a caller waits at most.

The smaller bites; a step's own counts only where "Use action's suggested timeout" is off. That this switch
stands for the action's timeout is what its name says, and unproven (docs/genesys-api.md, "Flows").
"""

from dataclasses import dataclass
from typing import Literal

from analysis.flows.caller_silence import silence_ms
from analysis.flows.flow import FlowStep
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S

Bites = Literal["action", "step", "both", "unknown"]


@dataclass(frozen=True, slots=True)
class StepWait:
    """The longest wait in one step. `certain` False: this is only what it cannot exceed."""

    ms: int
    certain: bool

    @property
    def silence_ms(self) -> int:
        """Return how long of it a caller hears nothing at a stretch, at least: in voice call flows only."""
        return silence_ms(self.ms)


def bites(step: FlowStep, action_timeout_s: int | None) -> Bites:
    """Return which timeout ends a call of the step; the action's (s) is None where it is unknown."""
    if step.follows_action is True:
        return "action"
    if step.follows_action is None or not step.own_ms or action_timeout_s is None:
        return "unknown"
    action_ms = action_timeout_s * 1000
    if step.own_ms == action_ms:
        return "both"
    return "step" if step.own_ms < action_ms else "action"


def longest_wait_of_step(step: FlowStep, action_timeout_s: int | None) -> StepWait:
    """Return the longest a caller waits in the step."""
    known_s = PLATFORM_MAX_TIMEOUT_S if action_timeout_s is None else action_timeout_s
    action_ms = known_s * 1000
    if step.follows_action is True:
        return StepWait(action_ms, action_timeout_s is not None)
    if step.follows_action is None or not step.own_ms:
        return StepWait(action_ms, False)
    return StepWait(min(step.own_ms, action_ms), action_timeout_s is not None)
