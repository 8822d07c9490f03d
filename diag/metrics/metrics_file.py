"""The file that a collector reads: replaced whole, and never the reason why a verb fails."""

from collections.abc import Callable, Sequence
from pathlib import Path

from analysis.format.atomic_write import write_whole
from analysis.openmetrics import Family, openmetrics_text, why_unwritable
from diag.errors import UsageError


def demand_a_place(path: Path | None) -> None:
    """Return where a file of this name can be put. Raises UsageError before anything else was done."""
    why = None if path is None else why_unwritable(path)
    if why is not None:
        hint = "Name a file in a folder that is there: --metrics FILE"
        raise UsageError(f"The metrics cannot be written to {path} ({why}).", hint=hint)


def write_metrics(path: Path | None, families: Sequence[Family], warn: Callable[[str], None]) -> None:
    """Replace the file; None: nobody asked for one. A disk that refuses is a warning."""
    if path is None:
        return
    try:
        write_whole(path, openmetrics_text(families))
    except OSError as error:
        warn(f"The metrics could not be written to {path} ({error.strerror}).")
