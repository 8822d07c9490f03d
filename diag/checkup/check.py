"""The result of one check."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was checked, the result, and how to fix it.

    `warning`: something works less well; `failed`: something does not work at all; `skipped`: could not be
    checked, `text` says why. `category` of a failed one is that of `diag.errors`, for the exit code.
    """

    name: str
    status: Status
    text: str
    fix: str | None = None
    category: str = "error"


def worst_category(checks: tuple[Check, ...]) -> str | None:
    """Return the category of the failure to exit with, missing permissions first; None: nothing failed."""
    categories = [check.category for check in checks if check.status == "failed"]
    return "auth" if "auth" in categories else (categories[0] if categories else None)
