"""What can go wrong in this room.

DefinitionError
├── InvalidDefinitionError   usage   the file is not an action definition; every fault is listed
└── AmbiguousTargetError     usage   which integration, or which action, is not clear
"""


class DefinitionError(Exception):
    """Base of this room: `message` says what and where, `hint` how to fix it."""

    category = "usage"

    def __init__(self, message: str, *, hint: str | None = None, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class InvalidDefinitionError(DefinitionError):
    """Raised before anything is sent; `details` holds one line a fault."""


class AmbiguousTargetError(DefinitionError):
    """Raised when a name fits no integration or action, or more than one."""
