"""The one list of exit codes."""

from enum import IntEnum
from typing import Final


class ExitCode(IntEnum):
    """What `diag` and the locustfile exit with (documented in README.md)."""

    OK = 0
    """What was asked for was done."""
    ERROR = 1
    """Unexpected."""
    USAGE = 2
    """A wrong flag, file or setting."""
    THRESHOLD = 3
    """A rule of `diag check`, a promise of `diag watch`, or an `sla`, was broken."""
    CHANGES = 4
    """Changes are pending: only with `--detailed-exitcode` or `--check`."""
    AUTH = 5
    """Credentials or a permission."""
    STALE = 6
    """The org is no longer what the plan saw."""
    PARTIAL = 7
    """Applied in part."""
    INCOMPLETE = 8
    """A run lost a worker, or its generator was too late."""
    INTERRUPTED = 130
    """Ctrl-C."""


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
