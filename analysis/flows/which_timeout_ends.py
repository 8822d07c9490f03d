"""Which of two timeouts ends a call: the action's, or the step's own. And how long a caller waits at most.

The smaller bites; a step's own counts only where "Use action's suggested timeout" is off. That this switch
stands for the action's timeout is what its name says, and unproven (docs/genesys-api.md, "Flows").
"""

from dataclasses import dataclass
from typing import Final, Literal

from analysis.flows.flow import FlowStep

Bites = Literal["action", "step", "both", "unknown"]

LONGEST_S: Final = 60
"""No action runs longer (docs/genesys-api.md, "Timeouts")."""

PROMPT_MS: Final = 4_000
"""The processing prompt starts after 1 s, plays once and at most 3 s; then there is silence."""


@dataclass(frozen=True, slots=True)
class StepWait:
    """The longest wait in one step. `certain` False: this is only what it cannot exceed."""

    ms: int
    certain: bool

    @property
    def silence_ms(self) -> int:
        """Return how much of it is silence at least, with a prompt or without: in voice call flows only."""
        return max(0, self.ms - PROMPT_MS)


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
    known_s = LONGEST_S if action_timeout_s is None else action_timeout_s
    action_ms = known_s * 1000
    if step.follows_action is True:
        return StepWait(action_ms, action_timeout_s is not None)
    if step.follows_action is None or not step.own_ms:
        return StepWait(action_ms, False)
    return StepWait(min(step.own_ms, action_ms), action_timeout_s is not None)
