"""What percentiles without the calls behind them allow to say: an order, a cross-check; no number to set."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypedDict

from analysis.plain_text import json_text
from analysis.verdicts.recommendation import Recommendation
from diag.exported_view.read_view import ExportedAction
from diag.table import Column, Table

WHY_NO_NUMBER: Final = (
    "An export holds percentiles, not executions: how many there were, how many the timeout cut off (p99 "
    "cannot lie beyond it) and how many failed fast is not in it. So no timeout can be set from it."
)
WHY_THIS_ORDER: Final = (
    "In this order: first what a limit on concurrency refused (a slow action takes places from all others), "
    "then by 99% Duration."
)
COMPARED_AT: Final = 0.99
Beside = Literal["test faster", "test slower", "same"]


@dataclass(frozen=True, slots=True)
class ExportedFinding:
    """One action, the most urgent first; `beside`: how a test of it compares, None without one."""

    action: ExportedAction
    beside: Beside | None = None


def findings_of_export(
    actions: Sequence[ExportedAction], tested: Mapping[str, Recommendation]
) -> tuple[ExportedFinding, ...]:
    """Return the findings in the order of urgency; `tested` are a run's verdicts by the action's name.

    Rows that share a name are compared with nothing: which of them was tested is not said.
    """
    rows = Counter(one.name for one in actions)
    ordered = sorted(
        actions,
        key=lambda one: (
            -(one.concurrency_errors or 0),
            -(one.volume_errors or 0),
            -(one.p99_ms if one.p99_ms is not None else one.p95_ms or 0.0),
            one.name,
        ),
    )
    return tuple(
        ExportedFinding(one, _beside(one, tested.get(one.name) if rows[one.name] == 1 else None))
        for one in ordered
    )


def verdicts_by_name(verdicts: Iterable[Recommendation]) -> dict[str, Recommendation]:
    """Return a run's verdicts by the action's name, without names that several actions have."""
    found: dict[str, list[Recommendation]] = {}
    for one in verdicts:
        found.setdefault(one.action_name, []).append(one)
    return {name: same[0] for name, same in found.items() if len(same) == 1}


def why_not_compared(found: Sequence[ExportedFinding], tested: Mapping[str, Recommendation]) -> str | None:
    """Return why no action could be compared with the test, None where one was."""
    if any(one.beside is not None for one in found):
        return None
    both = [tested[one.action.name] for one in found if one.action.name in tested]
    if not both:
        return "None of these actions was tested, or their names are not theirs alone."
    if all(one.percentile != COMPARED_AT for one in both):
        return (
            "The export's 99% Duration is compared with the p99 of a test, and another share was asked for."
        )
    return "The test, or the export, has no p99 of the actions that are in both."


def _beside(action: ExportedAction, test: Recommendation | None) -> Beside | None:
    """Whether production's p99 lies outside what the test proves of its own."""
    if test is None or action.p99_ms is None or test.percentile != COMPARED_AT:
        return None
    if test.quantile_upper_ms is not None and action.p99_ms > test.quantile_upper_ms:
        return "test faster"
    if test.quantile_lower_ms is not None and action.p99_ms < test.quantile_lower_ms:
        return "test slower"
    return None if test.quantile_ms is None else "same"


def export_table(found: Sequence[ExportedFinding]) -> Table:
    """Return the findings as a table for people."""
    compared = any(one.beside is not None for one in found)
    return Table(
        columns=(
            Column("action"),
            Column("95% duration", "right"),
            Column("99% duration", "right"),
            Column("refused: concurrency", "right"),
            Column("refused: volume", "right"),
            *([Column("beside the test")] if compared else []),
        ),
        rows=tuple(
            (
                one.action.name,
                _seconds(one.action.p95_ms),
                _seconds(one.action.p99_ms),
                one.action.concurrency_errors,
                one.action.volume_errors,
                *([one.beside] if compared else []),
            )
            for one in found
        ),
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


def _seconds(ms: float | None) -> str | None:
    return None if ms is None else f"{ms / 1e3:.3g} s"
