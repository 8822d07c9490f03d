"""Where a failed call failed, in words that can be acted on, from its outcome and error code.

The messages of failed calls are not recorded: they may quote the values sent (diag/genesys/outcomes.py).
The code names the failing part just as well, and the correlation id leads to the message in the platform's
logs.
"""

from typing import Final

from analysis.format.sample_schema import Outcome
from analysis.views.summary import ErrorGroup

_CODES: Final = (
    ("ACTION.AUTHENTICATION", "signing in at the backend: check the integration's credentials"),
    ("ACTION.PROCESSING", "inside the action: input schema, template or translation map"),
    ("dataactions:actions.concurrent", "the org's limit on concurrent data actions"),
    ("dataactions", "the org's limit on data actions"),
    ("platform.api", "the limit of API calls of the token used"),
    ("custom_auth", "the integration's custom authentication: diag measure --direct --dry-run shows it"),
    ("http_401", "the backend, which refused the credentials (401)"),
    ("http_403", "the backend, which refused the credentials (403)"),
    ("deadline", "the deadline of direct calls"),
    ("redirect_refused", "the backend: it leads to another host, where direct calls do not follow"),
    ("run_ended", "the end of the run: the call still waited, and counts as slower than that"),
    ("body.", "the platform: its reply is not what the API documents"),
)
"""Beginnings of codes, first match wins."""

_ANSWERED: Final = "http_"
_REMOTE: Final = "ACTION.REMOTE_ENDPOINT:"

_OUTCOMES: Final = {
    Outcome.TIMEOUT: "the action's own timeout",
    Outcome.CLIENT_TIMEOUT: "diag gave up: no reply long after the timeout",
    Outcome.BACKEND_ERROR: "the backend",
    Outcome.INVALID_INPUT: "the payload sent: try another",
    Outcome.AUTH_ERROR: "the permissions of the OAuth client: run diag doctor",
    Outcome.RATE_LIMITED: "a limit of the platform",
    Outcome.PLATFORM_ERROR: "the platform",
    Outcome.NETWORK_ERROR: "the network, between here and what was called",
    Outcome.CONTRACT_ERROR: "the reply breaks the action's contract",
}


def where_it_failed(group: ErrorGroup) -> str:
    """Return the failing part in words, led by the failing step of the test result where it is known."""
    words = _where(group.outcome, group.error_code or "")
    if group.failed_step is None:
        return words
    place = "at" if group.outcome == Outcome.CONTRACT_ERROR else "step"
    return f"{place} {group.failed_step}: {words}"


def _where(outcome: str, code: str) -> str:
    if code.startswith(_REMOTE):
        return f"the backend, which answered {code.removeprefix(_REMOTE)}"
    for start, words in _CODES:
        if code.startswith(start):
            return words
    if code.startswith(_ANSWERED):
        return f"the backend, which answered {code.removeprefix(_ANSWERED)}"
    return _OUTCOMES.get(Outcome(outcome), outcome) if outcome in set(Outcome) else outcome
