"""Errors the user sees. Every room's base error has the same four attributes, so `diag.cli` can show any.

    DiagError            category  exit code
    ├── UsageError       usage     2
    ├── CredentialsError auth      5
    ├── StalePlanError   stale     6
    ├── PartialError     partial   7
    └── NotBegunError    incomplete 8

The errors of `diag.changes`, `diag.inventory` and `diag.definitions` build on them. `AnalysisError`,
`ApiError` and `SandboxError` have the same shape without importing this file: those rooms stand alone.
"""

from typing import Final, Protocol

from analysis.plain_text import printable
from analysis.wrapped_text import wrapped

_BAR: Final = "│ "


class Explained(Protocol):
    """What an error needs so that it can be shown without a traceback."""

    category: str
    message: str
    hint: str | None
    details: tuple[str, ...]


class DiagError(Exception):
    """`message`: what and where. `hint`: how to fix it. `details`: further lines (correlation id, ...)."""

    category = "error"

    def __init__(self, message: str, *, hint: str | None = None, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class UsageError(DiagError):
    """A flag, file or value given by the user is wrong."""

    category = "usage"


class CredentialsError(DiagError):
    """No credentials, or not the right ones."""

    category = "auth"


class StalePlanError(DiagError):
    """The org changed since the plan was made."""

    category = "stale"


class PartialError(DiagError):
    """Some changes were made and some were not; the journal holds which."""

    category = "partial"


class NotBegunError(DiagError):
    """A run is not begun now, and may be later: nothing that the user gave is wrong."""

    category = "incomplete"


def error_text(
    message: str, hint: str | None, details: tuple[str, ...] = (), width: int | None = None
) -> str:
    """Return an error as the user reads it: what and where, details, the fix; each of them `printable`.

    `width` is the terminal's: message and fix are broken between words. Details may be lines to paste, and
    stay as they are.
    """
    fix = _lines(f"Fix: {hint}", width and width - len(_BAR)) if hint else []
    inside = [*map(printable, details), *fix]
    return "\n".join([*_lines(f"Error: {message}", width), *(_BAR + line for line in inside)])


def _lines(text: str, width: int | None) -> list[str]:
    return wrapped(printable(text), width).split("\n") if width else [printable(text)]
