"""What can go wrong with a file that defines an action.

DefinitionError
├── InvalidDefinitionError   usage   the file is not an action definition; every fault is listed
└── AmbiguousTargetError     usage   which integration, or which action, is not clear
"""

from diag.errors import UsageError


class DefinitionError(UsageError):
    """Base of this room."""


class InvalidDefinitionError(DefinitionError):
    """Raised before anything is sent; `details` holds one line a fault."""


class AmbiguousTargetError(DefinitionError):
    """Raised when a name fits no integration or action, or more than one."""
