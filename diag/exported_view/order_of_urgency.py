"""In which order an export's actions are listed: the most urgent first. Also the sentence that says so."""

from collections.abc import Sequence
from typing import Final

from diag.exported_view.read_view import ExportedAction

WHY_THIS_ORDER: Final = (
    "In this order: first what a limit on concurrency refused (a slow action takes places from all others), "
    "then by 99% Duration."
)


def most_urgent_first(actions: Sequence[ExportedAction]) -> list[ExportedAction]:
    """Return the actions in the order of `WHY_THIS_ORDER`; 95% stands in for a 99% Duration that is empty."""
    return sorted(
        actions,
        key=lambda one: (
            -(one.concurrency_errors or 0),
            -(one.volume_errors or 0),
            -(one.p99_ms if one.p99_ms is not None else one.p95_ms or 0.0),
            one.name,
        ),
    )
