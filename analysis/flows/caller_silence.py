"""How long a caller on the phone hears nothing while a step of a flow waits."""

from typing import Final

PROMPT_BEGINS_MS: Final = 1_000
"""A voice call flow's processing prompt begins so long after the step (docs/genesys-api.md, "Timeouts")."""
PROMPT_AT_MOST_MS: Final = 3_000
"""It plays once, so long at most; then the caller hears nothing until the step ends."""


def silence_ms(wait_ms: int) -> int:
    """Return the longest stretch of silence in a wait of `wait_ms`, with the longest prompt there may be.

    It lies before the prompt or after it. So long it is at least: it may be longer where the flow's prompt is
    shorter, and is the whole wait where it has none. Not known here: which prompt a flow has.
    """
    before = min(wait_ms, PROMPT_BEGINS_MS)
    return max(before, wait_ms - PROMPT_BEGINS_MS - PROMPT_AT_MOST_MS)
