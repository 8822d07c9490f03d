"""A dry run: every reading and every comparison of an apply, and no write."""

from collections.abc import Callable
from dataclasses import dataclass

from diag.changes.applying.snapshot import Snapshot, drift
from diag.changes.plans.plan import Change, Plan
from diag.genesys.errors import ApiError
from diag.genesys.models import FullConfig


@dataclass(frozen=True, slots=True)
class DryRunResult:
    """What an apply would do with one change; `objections` is empty where it would write."""

    change: Change
    objections: tuple[str, ...]
    version: int | None = None
    """The version the write would be sent at."""


def dry_run(plan: Plan, read: Callable[[str], FullConfig]) -> list[DryRunResult]:
    """Return one result per change, in order. Raises ApiError for a missing login or permission only."""
    results: list[DryRunResult] = []
    for change in plan.changes:
        try:
            present = Snapshot.of(read(change.action_id), change.salt)
        except ApiError as error:
            if error.category == "auth":
                raise
            results.append(DryRunResult(change, (error.message,)))
            continue
        results.append(DryRunResult(change, drift(change, present), present.version))
    return results
