"""A whole plan, one change at a time, resumable at any point."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from diag.changes.applying.apply_context import (
    ApplyContext,
    ApplyOptions,
    Operator,
    Step,
)
from diag.changes.applying.change_machine import carry_out_change
from diag.changes.applying.org import Org
from diag.changes.change_errors import WrongOrgError
from diag.changes.journal.backup import Backups
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import JournalLine, latest_by_entry
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.changes.plans.plan import Change, Plan
from diag.changes.plans.plan_file import plan_digest
from diag.clocks.wall_clock import REAL_TIME, WallClock


def _ignore_result(result: ChangeResult, done: int, total: int) -> None:
    """The default: no one watches."""


def _ignore_step(change: Change, step: Step) -> None:
    """The default: no one watches."""


def _go_on(results: Sequence[ChangeResult]) -> str | None:
    """The default: nothing is waited for between two changes."""
    return None


_SAFE_DEFAULTS: Final = ApplyOptions()


@dataclass(frozen=True, slots=True)
class Watch:
    """What is called with each result (and how many of how many are done), and with each step.

    `why_not_on` is called with the results so far before each change but the first, may take its time, and
    returns why the rest is to be left alone, None to go on.
    """

    on_result: Callable[[ChangeResult, int, int], None] = _ignore_result
    on_step: Callable[[Change, Step], None] = _ignore_step
    why_not_on: Callable[[Sequence[ChangeResult]], str | None] = _go_on


def apply_plan(
    plan: Plan,
    org: Org,
    journal: Journal,
    operator: Operator,
    *,
    options: ApplyOptions = _SAFE_DEFAULTS,
    watch: Watch = Watch(),
    clock: WallClock = REAL_TIME,
) -> list[ChangeResult]:
    """Carry out exactly `plan` and return one result per change, in the plan's order.

    Run again after an interruption it finishes what was begun, repeats nothing that is done, and goes
    on with the rest. Raises WrongOrgError when the operator is in another org than the plan's, and
    JournalError when the journal cannot be written (then nothing more is sent).
    """
    identity = operator.identity
    if identity.org_id != plan.org.org_id:
        raise WrongOrgError(
            f"This plan is for org {plan.org.org_name!r} ({plan.org.host}), not for {identity.org_name!r} "
            f"({identity.host}).",
            hint="Choose the right profile or credentials, or make a new plan for this org.",
        )
    context = ApplyContext(
        org=org,
        journal=journal,
        backups=Backups(journal.path),
        plan=replace(plan, org=identity),
        plan_digest=plan_digest(plan),
        author=operator.author,
        options=options,
        clock=clock,
        on_step=watch.on_step,
    )
    results: list[ChangeResult] = []
    stopped: str | None = None
    for change in plan.changes:
        if stopped is None and results:
            stopped = watch.why_not_on(tuple(results))
        if stopped is None:
            with journal.holding(change.action_id):
                result = _apply_change(change, context)
            if result.stop or (options.on_error == "stop" and _is_trouble(result)):
                stopped = f"stopped after {change.action_name!r}"
        else:
            result = ChangeResult(change, ChangeOutcome.SKIPPED, f"not tried: {stopped}")
        results.append(result)
        watch.on_result(result, len(results), len(plan.changes))
    return results


def _apply_change(change: Change, context: ApplyContext) -> ChangeResult:
    """Carry out one change, knowing what earlier applies of the same plan did to it."""
    entries = list(latest_by_entry(context.journal.of_action(change.action_id)).values())
    ours = [record for record in entries if record.plan_digest == context.plan_digest]
    last = ours[-1] if ours else None
    if last is None or not last.finished:
        return carry_out_change(change, context, resume=last)
    if last.outcome != ChangeOutcome.FAILED:
        context.backups.drop([last.entry])  # killed between the result and the clean-up
    if last.outcome == ChangeOutcome.APPLIED and not _changed_since(last, entries):
        reason = f"applied before (journal entry {last.entry})"
        return ChangeResult(change, ChangeOutcome.SKIPPED, reason, entry=last.entry)
    return carry_out_change(change, context)


def _changed_since(last: JournalLine, entries: Sequence[JournalLine]) -> bool:
    """Whether a later entry of this journal wrote the same action (an undo, say)."""
    later = entries[entries.index(last) + 1 :]
    return any(record.version_after is not None for record in later)


def _is_trouble(result: ChangeResult) -> bool:
    return result.outcome in (ChangeOutcome.REFUSED, ChangeOutcome.FAILED, ChangeOutcome.RESTORED)
