"""A dry run: every reading and every comparison of an apply, and no write."""

from collections.abc import Callable
from dataclasses import dataclass

from diag.changes.applying.apply_context import ApplyOptions
from diag.changes.applying.org import NotTested
from diag.changes.applying.snapshot import Snapshot, drift
from diag.changes.applying.verification_call import input_to_call
from diag.changes.plans.plan import Change, Plan
from diag.genesys.api_errors import ApiError
from diag.genesys.data_action import Action
from diag.genesys.full_config import FullConfig


@dataclass(frozen=True, slots=True)
class DryRunResult:
    """What an apply would do with one change; `objections` is empty where it would write."""

    change: Change
    objections: tuple[str, ...]
    version: int | None = None
    """The version the write would be sent at."""
    test_call: str = ""
    """Whether the action would be called around it, and with which input."""


def dry_run(plan: Plan, read: Callable[[str], FullConfig], options: ApplyOptions) -> list[DryRunResult]:
    """Return one result per change, in order. Raises ApiError for a missing login or permission only."""
    results: list[DryRunResult] = []
    for change in plan.changes:
        try:
            full = read(change.action_id)
        except ApiError as error:
            if error.category == "auth":
                raise
            results.append(DryRunResult(change, (error.message,)))
            continue
        present = Snapshot.of(full, change.salt)
        results.append(
            DryRunResult(change, drift(change, present), present.version, _test_call(full.action, options))
        )
    return results


def _test_call(action: Action, options: ApplyOptions) -> str:
    if not options.verify:
        return "no test call: verification is off"
    given = input_to_call(action, options.payload_for, allow_side_effects=options.allow_side_effects)
    if isinstance(given, NotTested):
        return f"no test call: {given.reason}"
    return f"test calls before and after{', ' + given.described if given.described else ''}"
