"""How a test of an exported action compares with production: whether its p99 is what the test proves."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from analysis.verdicts.recommendation import Recommendation
from diag.exported_view.order_of_urgency import most_urgent_first
from diag.exported_view.read_view import ExportedAction

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
    return tuple(
        ExportedFinding(one, _beside(one, tested.get(one.name) if rows[one.name] == 1 else None))
        for one in most_urgent_first(actions)
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
