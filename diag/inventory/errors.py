"""What can go wrong in this room: a `--where` that cannot be read. What the org answers is an `ApiError`."""

from diag.errors import UsageError


class FilterError(UsageError):
    """Raised for an expression the filter language does not know."""
