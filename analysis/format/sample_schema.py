"""The sample schema: one row per call, the same in segments, Parquet and CSV.

Fixed format: a change here is a version bump and a line in CHANGELOG.md.
"""

from enum import StrEnum
from typing import Final

UNSENT_MS: Final = 0.0
"""Latency of a call that found no connection, a network error: it waited for nothing but our own network."""


class Outcome(StrEnum):
    """How a call ended, as far as the timeout is concerned."""

    OK = "ok"
    TIMEOUT = "timeout"
    """The action's own timeout fired: right-censored at the elapsed time."""
    CLIENT_TIMEOUT = "client_timeout"
    """The client stopped waiting first (or the run ended): right-censored at `latency_ms`."""
    BACKEND_ERROR = "backend_error"
    INVALID_INPUT = "invalid_input"
    AUTH_ERROR = "auth_error"
    RATE_LIMITED = "rate_limited"
    PLATFORM_ERROR = "platform_error"
    NETWORK_ERROR = "network_error"
    CONTRACT_ERROR = "contract_error"
    """A backend that was called directly answered in time, and its reply broke the output contract."""


class ActionVersion(StrEnum):
    """What was called (the column `target`): a version of an action, or its backend without Genesys Cloud."""

    PUBLISHED = "published"
    DRAFT = "draft"
    DIRECT = "direct"
    """The action's own request, sent straight to the backend."""


_DIRECT: Final = f"{ActionVersion.DIRECT}:"
_NOTES: Final[dict[str, str]] = {ActionVersion.DRAFT: " (draft)", ActionVersion.DIRECT: " (backend)"}


def entry_key(action_id: str, target: ActionVersion | str) -> str:
    """Return what stands for an action in the files of a run: its id, or `direct:ID` for its backend called
    directly. One run may call both, and their calls are never counted together."""
    return f"{_DIRECT}{action_id}" if target == ActionVersion.DIRECT else action_id


def shown_name(name: str, target: ActionVersion | str) -> str:
    """Return the name for people of what was called: an action, its draft, or its backend itself."""
    return name + _NOTES.get(target, "")


def is_direct_key(key: str) -> bool:
    """Return whether the key stands for calls that went straight to the backend."""
    return key.startswith(_DIRECT)


def action_of_key(key: str) -> str:
    """Return the action's id."""
    return key.removeprefix(_DIRECT)


class InputOrigin(StrEnum):
    """Where the input of a call comes from (the column `input_origin`; a row without one: unknown)."""

    INVENTED = "invented"
    """Made from the action's contract: well-formed, and unknown to the backend."""
    CONTRACT = "contract"
    """Made from values that are all there are: the contract lists them, or they are true or false."""
    FILE = "file"
    INLINE = "inline"
    NONE = "none"
    """The action takes no input."""


REQUIRED_COLUMNS: Final = ("action_id", "started_at", "latency_ms", "outcome")

COLUMNS: Final[dict[str, str]] = {
    "action_id": "category",
    "action_name": "category",
    "run_id": "category",
    "worker_id": "category",
    "started_at": "float64",
    "scheduled_at": "float64",
    "latency_ms": "float64",
    "outcome": "category",
    "timeout_s": "Int16",
    "http_status": "Int16",
    "error_code": "category",
    "failed_step": "category",
    "error_message": "category",
    "offered_rate": "float32",
    "attempt": "int8",
    "rtt_ms": "float32",
    "in_flight": "Int32",
    "target": "category",
    "payload": "category",
    "input_origin": "category",
    "correlation_id": "object",
}
"""Column -> pandas dtype once read, no wider than needed. Only REQUIRED_COLUMNS must be in a file."""
