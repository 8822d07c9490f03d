"""A whole plan, one change at a time, resumable at any point."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from diag.changes.applying.apply_context import Step, Workbench
from diag.changes.applying.change_machine import ChangeMachine
from diag.changes.applying.org import Org, PayloadFor, no_payload
from diag.changes.errors import WrongOrgError
from diag.changes.journal.backup import Backups
from diag.changes.journal.journal import Author, Journal, Record, latest_by_entry
from diag.changes.plans.change_result import ChangeResult, Outcome
from diag.changes.plans.plan import Change, OrgIdentity, Plan
from diag.changes.plans.plan_file import plan_digest


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How to apply. `on_error` "stop" leaves the rest untouched after a change that could not be applied."""

    on_error: Literal["stop", "continue"] = "stop"
    verify: bool = True
    allow_side_effects: bool = False


def _ignore_result(result: ChangeResult, done: int, total: int) -> None:
    """Nobody watches."""


def _ignore_step(change: Change, step: Step) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told what: each result with how many of how many are done, and each step of each change."""

    on_result: Callable[[ChangeResult, int, int], None] = _ignore_result
    on_step: Callable[[Change, Step], None] = _ignore_step


def apply_plan(
    plan: Plan,
    org: Org,
    journal: Journal,
    *,
    identity: OrgIdentity,
    author: Author,
    options: ApplyOptions = ApplyOptions(),
    payload_for: PayloadFor = no_payload,
    watch: Watch = Watch(),
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> list[ChangeResult]:
    """Carry out exactly `plan` and return one result per change, in the plan's order.

    Run again after an interruption it finishes what was begun, repeats nothing that is done, and goes
    on with the rest. Raises WrongOrgError when `identity` is not the plan's org, and JournalError when
    the journal cannot be written (then nothing more is sent).
    """
    if identity.org_id != plan.org.org_id:
        raise WrongOrgError(
            f"This plan is for org {plan.org.org_name!r} ({plan.org.host}), not for {identity.org_name!r} "
            f"({identity.host}).",
            hint="Choose the right profile or credentials, or make a new plan for this org.",
        )
    bench = Workbench(
        org=org,
        journal=journal,
        backups=Backups(journal.path),
        plan=replace(plan, org=identity),
        plan_digest=plan_digest(plan),
        author=author,
        payload_for=payload_for,
        verify=options.verify,
        allow_side_effects=options.allow_side_effects,
        now=now,
        sleep=sleep,
        on_step=watch.on_step,
    )
    results: list[ChangeResult] = []
    stopped_by: ChangeResult | None = None
    for change in plan.changes:
        if stopped_by is None:
            with journal.holding(change.action_id):
                result = _one(change, bench)
            if result.stop or (options.on_error == "stop" and _is_trouble(result)):
                stopped_by = result
        else:
            result = ChangeResult(
                change, Outcome.SKIPPED, f"not tried: stopped after {stopped_by.change.action_name!r}"
            )
        results.append(result)
        watch.on_result(result, len(results), len(plan.changes))
    return results


def _one(change: Change, bench: Workbench) -> ChangeResult:
    """Carry out one change, knowing what earlier applies of the same plan did to it."""
    entries = list(latest_by_entry(bench.journal.of_action(change.action_id)).values())
    mine = [record for record in entries if record.plan_digest == bench.plan_digest]
    last = mine[-1] if mine else None
    if last is None or not last.finished:
        return ChangeMachine(change, bench, resume=last).run()
    if last.outcome != Outcome.FAILED:
        bench.backups.drop([last.entry])  # killed between the result and the clean-up
    if last.outcome == Outcome.APPLIED and not _changed_since(last, entries):
        reason = f"applied before (journal entry {last.entry})"
        return ChangeResult(change, Outcome.SKIPPED, reason, entry=last.entry)
    return ChangeMachine(change, bench).run()


def _changed_since(last: Record, entries: Sequence[Record]) -> bool:
    """Whether a later entry of this journal wrote the same action (an undo, say)."""
    later = entries[entries.index(last) + 1 :]
    return any(record.version_after is not None for record in later)


def _is_trouble(result: ChangeResult) -> bool:
    return result.outcome in (Outcome.REFUSED, Outcome.FAILED, Outcome.RESTORED)
