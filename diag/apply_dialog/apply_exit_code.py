"""The results of an apply as the exit code a script reads."""

from collections.abc import Sequence

from analysis.number_words import noun, plural
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.changes.plans.plan import UnreadAction
from diag.errors import CredentialsError, DiagError, PartialError, StalePlanError


def raise_for(results: Sequence[ChangeResult], again: str, unread: Sequence[UnreadAction] = ()) -> None:
    """Raise the error whose exit code says what went wrong; return when nothing did.

    `unread`: the actions that were to be changed and could not even be planned. They were asked for and are
    not done, as a change that failed.
    """
    trouble = [
        result
        for result in results
        if result.outcome in (ChangeOutcome.REFUSED, ChangeOutcome.FAILED, ChangeOutcome.RESTORED)
    ]
    if not trouble and not unread:
        return
    not_done = [(result.change.action_name, result.reason) for result in trouble]
    not_done += [(item.action_name, item.reason) for item in unread]
    details = tuple(f"{name}: {reason}" for name, reason in not_done[:10])
    ids = tuple(
        f"correlation id {result.correlation_ids[-1]}" for result in trouble[:1] if result.correlation_ids
    )
    applied = sum(result.outcome is ChangeOutcome.APPLIED for result in results)
    missing = [result.outcome for result in results if result.outcome is not ChangeOutcome.APPLIED]
    counts = [f"{missing.count(kind)} {kind}" for kind in ChangeOutcome if kind in missing]
    kinds = ", ".join([*counts, *([f"{len(unread)} not read"] if unread else [])])
    if applied:
        left = len(missing) + len(unread)
        of_all = plural(len(results) + len(unread), "change")
        raise PartialError(
            f"{applied} of {of_all} {noun(applied, 'was', 'were')} applied, {left} "
            f"{noun(left, 'was', 'were')} not ({kinds}).",
            hint=f"diag history lists which. To try the rest again: {again}"
            if trouble
            else "Run the same command again: those that are done are left as they are.",
            details=(*details, *ids),
        )
    if not trouble:
        raise DiagError(
            f"{plural(len(unread), 'action')} could not be read and "
            f"{noun(len(unread), 'was', 'were')} not changed.",
            hint="Does a proxy in between change replies? diag doctor checks the connection; then run the "
            "same command again.",
            details=details,
        )
    if any(result.denied for result in trouble):
        raise CredentialsError(
            "The change was not allowed.",
            hint="See which permission is missing: diag doctor",
            details=(*details, *ids),
        )
    if not unread and all(result.outcome is ChangeOutcome.REFUSED for result in trouble):
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
