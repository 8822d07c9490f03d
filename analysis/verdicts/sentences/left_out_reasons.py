"""Why calls are not behind a number, in words: warm-up, retries, failures, load levels that do not count.

Behind a count of them: "12 calls: sent during the warm-up", or "12 sent during the warm-up" in a sentence.
"""

from typing import Final

_REASONS: Final = {
    "warm_up": "sent during the warm-up",
    "retry": "sent as a retry",
    "invalid_input": "refused for their input",
    "rate_limited": "refused by a rate limit",
    "auth_error": "refused for credentials or permission",
    "backend_error": "ended by an error of the backend",
    "platform_error": "ended by an error of the platform",
    "network_error": "ended by an error of the network",
    "other_load_level": "at a load level that does not decide the number",
    "saturated_load_level": "at a load level the backend could not carry",
    "load_level_above_peak": "at a load level above the production peak",
}


def why_left_out(reason: str) -> str:
    """Return the words for a reason; one without words of its own reads as it is named."""
    return _REASONS.get(reason, reason.replace("_", " "))
