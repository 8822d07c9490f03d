"""The one list of exit codes."""

from enum import IntEnum


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
