"""Runs side by side as the JSON of `diag compare --format json`, without what a page adds
(`reports.pages.compare_keys`)."""

from typing import Annotated, Final, Literal, TypedDict

from analysis.dataclass_to_json import JsonObject, Written
from analysis.verdicts.analysis_json import RECOMMENDATION_WRITTEN, recommendation_to_json
from analysis.views.compare_runs import Comparison, Difference

FORMAT_VERSION: Final = 1
_DIFFERENCE: Final = Written(Difference)


class ComparedActionJson(TypedDict):
    """One action in every run."""

    action_id: str
    action_name: str
    target: Literal["test", "direct"]
    """Direct: its backend, called without Genesys Cloud, which is compared with itself only."""
    runs: list[Annotated[JsonObject, RECOMMENDATION_WRITTEN] | None]
    """Null: not measured there."""
    differences: list[Annotated[JsonObject, _DIFFERENCE]]
    """Of each later run."""


class ComparisonFrame(TypedDict):
    """A comparison but for its actions."""

    format_version: Literal[1]
    labels: list[str]
    """Of the runs; the first is what the others are compared with."""
    same_within_s: float


class ComparisonJson(ComparisonFrame):
    """Runs side by side."""

    actions: list[ComparedActionJson]


def comparison_to_json(comparison: Comparison) -> ComparisonJson:
    """Return the comparison as a JSON object: numbers or null, never NaN."""
    return {
        "format_version": FORMAT_VERSION,
        "labels": list(comparison.labels),
        "same_within_s": comparison.same_within_s,
        "actions": [
            {
                "action_id": action.action_id,
                "action_name": action.action_name,
                "target": "direct" if action.backend else "test",
                "runs": [
                    None if entry is None else recommendation_to_json(entry) for entry in action.entries
                ],
                "differences": [_DIFFERENCE.of(difference) for difference in action.differences],
            }
            for action in comparison.actions
        ],
    }
