"""An export's findings as JSON, and why none of them holds a number to set."""

from collections.abc import Sequence
from typing import Final, Literal, TypedDict

from analysis.plain_text import json_text
from diag.exported_view.beside_a_test import Beside, ExportedFinding

WHY_NO_NUMBER: Final = (
    "An export holds percentiles, not executions: how many there were, how many the timeout cut off (p99 "
    "cannot lie beyond it) and how many failed fast is not in it. So no timeout can be set from it."
)


class ExportedActionJson(TypedDict):
    """One action of an exported view; null: empty in the file."""

    action_name: str
    p95_ms: float | None
    p99_ms: float | None
    volume_rate_limit_errors: int | None
    concurrency_rate_limit_errors: int | None
    test_against_production: Beside | None
    """How a test of it compares; null without one."""
    recommended_timeout_s: None
    """Never a number: see `why_no_number`."""


class ExportJson(TypedDict):
    """What a supervisor's export shows, the most urgent action first."""

    format_version: Literal[1]
    source: Literal["export"]
    actions: list[ExportedActionJson]
    why_no_number: str


def export_json(found: Sequence[ExportedFinding]) -> str:
    """Return the findings as JSON (docs/formats.md, "Production JSON")."""
    body: ExportJson = {
        "format_version": 1,
        "source": "export",
        "actions": [
            {
                "action_name": one.action.name,
                "p95_ms": one.action.p95_ms,
                "p99_ms": one.action.p99_ms,
                "volume_rate_limit_errors": one.action.volume_errors,
                "concurrency_rate_limit_errors": one.action.concurrency_errors,
                "test_against_production": one.beside,
                "recommended_timeout_s": None,
            }
            for one in found
        ],
        "why_no_number": WHY_NO_NUMBER,
    }
    return json_text(body, indent=1) + "\n"
