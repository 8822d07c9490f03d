"""What can go wrong in the analysis.

AnalysisError
├── UnreadableSamplesError   a file or folder holds no readable sample
├── NoRoomError              no room on the disk for what does not fit into memory
└── BadSettingError          a recommendation setting outside its range
"""


class AnalysisError(Exception):
    """Base of the analysis errors: `message` describes what failed and where, `hint` how to fix it."""

    category = "error"

    def __init__(self, message: str, *, hint: str | None = None, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class UnreadableSamplesError(AnalysisError):
    """Raised when nothing can be read; input that can be read in part is no error."""

    category = "usage"


class BadSettingError(AnalysisError):
    """Raised for a percentile, cap, buffer ... outside its range."""

    category = "usage"


class NoRoomError(AnalysisError):
    """Raised when calls that do not fit into memory cannot be kept on the disk either."""
