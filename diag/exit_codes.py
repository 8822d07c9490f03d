"""The one list of exit codes."""

from enum import IntEnum
from typing import Final


class ExitCode(IntEnum):
    """What `diag` and the locustfile exit with (documented in README.md)."""

    OK = 0
    ERROR = 1
    USAGE = 2
    THRESHOLD = 3
    CHANGES = 4
    AUTH = 5
    STALE = 6
    PARTIAL = 7
    INCOMPLETE = 8
    INTERRUPTED = 130


_OF_CATEGORY: Final = {
    "error": ExitCode.ERROR,
    "usage": ExitCode.USAGE,
    "auth": ExitCode.AUTH,
    "stale": ExitCode.STALE,
    "partial": ExitCode.PARTIAL,
    "incomplete": ExitCode.INCOMPLETE,
    "threshold": ExitCode.THRESHOLD,
}


def exit_code_of(category: str) -> ExitCode:
    """Return the exit code of an error's `category` (diag.errors.Explained)."""
    return _OF_CATEGORY.get(category, ExitCode.ERROR)


def category_of(code: int) -> str:
    """Return the category whose exit code this is: how a child process's error goes on in ours."""
    return next((category for category, known in _OF_CATEGORY.items() if known == code), "error")
