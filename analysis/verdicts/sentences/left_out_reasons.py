"""Why calls are not behind a number, in words: warm-up, retries, refusals, load levels that do not count."""

from typing import Final

_REASONS: Final = {
    "warm_up": "sent during the warm-up",
    "retry": "retries of an earlier call",
    "invalid_input": "refused as wrong input",
    "rate_limited": "refused by a rate limit",
    "auth_error": "refused for missing permissions",
    "other_load_level": "at a load level the number does not come from",
    "saturated_load_level": "at a load level the backend could not carry",
    "load_level_above_peak": "at a load level above the production peak",
}


def why_left_out(reason: str) -> str:
    """Return the words for a reason; one without words of its own reads as it is named."""
    return _REASONS.get(reason, reason.replace("_", " "))
