"""`diag observe --from FILE`: what an export shows, on a terminal or as a file. No org is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from diag.errors import UsageError
from diag.exported_view.beside_a_test import findings_of_export, why_not_compared
from diag.exported_view.durations import Decimal, Unit
from diag.exported_view.export_json import WHY_NO_NUMBER, export_json
from diag.exported_view.export_table import export_table
from diag.exported_view.order_of_urgency import WHY_THIS_ORDER
from diag.exported_view.read_view import read_view
from diag.table import in_form

if TYPE_CHECKING:
    from analysis.verdicts.recommendation import Recommendation
    from diag.console import Console


@dataclass(frozen=True, slots=True)
class ExportQuestion:
    """Which file, which of its actions (by name; empty: all), and what it does not say of its numbers."""

    path: Path
    actions: tuple[str, ...] = ()
    unit: Unit | None = None
    decimal: Decimal | None = None


def answer_from_export(
    console: "Console", question: ExportQuestion, form: str, tested: "Mapping[str, Recommendation] | None"
) -> str | None:
    """Show the export's findings on the terminal, or return them in `form` (json, csv, md).

    `tested`: a run's verdicts by the action's name; None without a run. Raises UsageError.
    """
    actions = read_view(question.path, question.unit, question.decimal)
    unknown = [name for name in question.actions if name not in {one.name for one in actions}]
    if unknown:
        raise UsageError(f"The export has no action {unknown[0]!r}.", hint="Names are those of its rows.")
    found = findings_of_export(
        [one for one in actions if not question.actions or one.name in question.actions], tested or {}
    )
    if form == "json":
        return export_json(found)
    text = in_form(export_table(found), form)
    if text is not None:
        return text
    if form == "html":
        raise UsageError(
            "An export has no page: it holds two numbers an action.", hint="Take -o x.json or x.md."
        )
    if not found:
        console.note("The export has no actions.")
        return None
    console.table(export_table(found))
    why_not = None if tested is None else why_not_compared(found, tested)
    if why_not is not None:
        console.warn(f"Nothing is compared with the test: {why_not}")
    console.note(WHY_THIS_ORDER)
    refused = sum(one.action.rate_limit_errors for one in found)
    if refused:
        console.warn(f"Rate limits refused {refused:,} executions: callers went without an answer.")
    console.note(WHY_NO_NUMBER)
    console.note("Next: diag observe with API access (integrations:action:view), or diag tune.")
    return None
