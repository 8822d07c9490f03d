"""What can go wrong in this room.

InventoryError
└── FilterError    usage   a `--where` that cannot be read
"""


class InventoryError(Exception):
    """Base of this room: `message` says what and where, `hint` how to fix it."""

    category = "error"

    def __init__(self, message: str, *, hint: str | None = None, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class FilterError(InventoryError):
    """Raised for an expression the filter language does not know."""

    category = "usage"
