"""What can go wrong in this room.

AnalysisError
└── UnreadableSamplesError   a file or folder holds no sample we can read
└── BadSettingError          a recommendation setting outside its range
"""


class AnalysisError(Exception):
    """Base of this room: `message` says what and where, `hint` how to fix it."""

    category = "error"

    def __init__(self, message: str, *, hint: str | None = None, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class UnreadableSamplesError(AnalysisError):
    """Raised when nothing can be read; what can be read in part is never an error."""

    category = "usage"


class BadSettingError(AnalysisError):
    """Raised for a percentile, cap, buffer ... that makes no sense."""

    category = "usage"
