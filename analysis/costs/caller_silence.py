"""How long a caller hears nothing while a step of a flow waits."""

from typing import Final

PROMPT_BEGINS_S: Final = 1
"""A flow's processing prompt begins so long after the step (docs/genesys-api.md, "Timeouts")."""
PROMPT_AT_MOST_S: Final = 3
"""It plays once, so long at most; then the caller hears nothing until the step ends."""


def silence_s(timeout_s: int) -> int:
    """Return the longest silence of a wait of `timeout_s`, seconds, with the longest prompt there may be.

    It is longer where the flow's prompt is shorter, and the whole wait where it has none. Not known here:
    which prompt a flow has, and whether its step waits less than the action's timeout.
    """
    return max(PROMPT_BEGINS_S, timeout_s - PROMPT_BEGINS_S - PROMPT_AT_MOST_S)
