"""The result of one check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypedDict

from analysis.dataclass_to_json import JsonObject, Written

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
    """What was found."""
    fix: str | None = None
    """How to mend it."""
    category: str = "error"


_WRITTEN: Final = Written(Check, left_out=frozenset({"category"}))


class ChecksJson(TypedDict):
    """Everything that was checked, in order."""

    format_version: Literal[1]
    ok: bool
    """Nothing failed; there may be warnings."""
    checks: list[Annotated[JsonObject, _WRITTEN]]


def checks_json(checks: Sequence[Check]) -> ChecksJson:
    """Return the checks as JSON."""
    ok = worst_category(tuple(checks)) is None
    return {"format_version": 1, "ok": ok, "checks": [_WRITTEN.of(check) for check in checks]}


def worst_category(checks: tuple[Check, ...]) -> str | None:
    """Return the category of the failure to exit with, missing permissions first; None: nothing failed."""
    categories = [check.category for check in checks if check.status == "failed"]
    return "auth" if "auth" in categories else (categories[0] if categories else None)
