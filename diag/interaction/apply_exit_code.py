"""The results of an apply as the exit code a script reads."""

from collections.abc import Sequence

from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.errors import CredentialsError, DiagError, PartialError, StalePlanError


def raise_for(results: Sequence[ChangeResult], again: str) -> None:
    """Raise the error whose exit code says what went wrong; return when nothing did."""
    trouble = [
        result
        for result in results
        if result.outcome in (ChangeOutcome.REFUSED, ChangeOutcome.FAILED, ChangeOutcome.RESTORED)
    ]
    if not trouble:
        return
    details = tuple(f"{result.change.action_name}: {result.reason}" for result in trouble[:10])
    ids = tuple(
        f"correlation id {result.correlation_ids[-1]}" for result in trouble[:1] if result.correlation_ids
    )
    applied = sum(result.outcome is ChangeOutcome.APPLIED for result in results)
    missing = [result.outcome for result in results if result.outcome is not ChangeOutcome.APPLIED]
    kinds = ", ".join(f"{missing.count(kind)} {kind}" for kind in ChangeOutcome if kind in missing)
    if applied:
        raise PartialError(
            f"{applied} of {len(results)} changes {_were(applied)} applied, {len(missing)} "
            f"{_were(len(missing))} not ({kinds}).",
            hint=f"diag history lists which. To try the rest again: {again}",
            details=(*details, *ids),
        )
    if any(result.denied for result in trouble):
        raise CredentialsError(
            "The change was not allowed.",
            hint="See which permission is missing: diag doctor",
            details=(*details, *ids),
        )
    if all(result.outcome is ChangeOutcome.REFUSED for result in trouble):
        raise StalePlanError(
            f"The org changed since the plan was made ({kinds}). Nothing was changed.",
            hint="Make a new plan: diag recommend --apply",
            details=details,
        )
    raise DiagError(
        f"None of the changes was applied ({kinds}).",
        hint=f"To try again: {again}",
        details=(*details, *ids),
    )


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
