"""What a plan does in the flows that were read last: which calls move, and how long callers wait then."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from analysis.flows.flow import ArchitectFlow
from analysis.flows.flow_view import FlowsShown
from analysis.flows.flow_words import further_rounds, wait_words
from analysis.flows.join_actions import NamedAction
from analysis.flows.path_warnings import alike_together, path_warnings
from analysis.number_words import noun
from diag.changes.plans.plan import Plan
from diag.flows.flow_cache import FlowCacheError
from diag.flows.flows_calling_actions import ActionTimeouts, ends_after, kept_flows, shown_flows

MOST_WAITS: Final = 8
"""Flows whose longest wait is said, those that grow most first."""


def with_flow_effects(plan: Plan, runs: Path, warn: Callable[[str], None]) -> Plan:
    """Return the plan with what it moves in its org's flows, as `diag scan --flows` read them last.

    As it is where none were read; `warn` is called where the kept ones cannot be.
    """
    try:
        kept = kept_flows(runs, [(plan.org.host, plan.org.org_id)])
    except FlowCacheError as error:
        warn(f"What this plan moves in flows is not known: {error.message}")
        return plan
    changed = [
        ActionTimeouts(NamedAction(one.action_id, one.action_name), one.before_timeout_s, one.after_timeout_s)
        for one in plan.changes
    ]
    shown = shown_flows(kept, None, changed)
    if kept is None or shown is None or not shown.views:
        return plan
    flows = [view.flow for view in shown.views]
    changes = (
        replace(one, flow_warnings=_moves(flows, ends_after(timeouts, kept.functions.get(one.action_id))))
        for one, timeouts in zip(plan.changes, changed, strict=True)
    )
    return replace(plan, changes=tuple(changes), flow_waits=_waits(shown))


def _moves(flows: Sequence[ArchitectFlow], ends: ActionTimeouts) -> tuple[str, ...]:
    """What another timeout of one action moves; nothing where one of the two is not known."""
    if ends.now_s is None or ends.then_s is None:
        return ()
    warnings = path_warnings(flows, ends.action.id, ends.now_s, ends.then_s)
    return tuple(moved.sentence for moved in alike_together(warnings))


def _waits(shown: FlowsShown) -> tuple[str, ...]:
    """Return the longest waits that change, and as of when the flows are; unread ones are counted."""
    moved = [view for view in shown.views if view.wait.ms != view.then_wait.ms]
    moved.sort(key=lambda view: view.wait.ms - view.then_wait.ms)
    lines = [
        f'flow "{view.flow.name}": the longest wait for actions is {wait_words(view.wait)} now, '
        f"{wait_words(view.then_wait)} with this plan{further_rounds(view.then_wait)}"
        for view in moved[:MOST_WAITS]
    ]
    if len(moved) > MOST_WAITS:
        more = len(moved) - MOST_WAITS
        lines.append(f"{more} more {noun(more, 'flow')} with another longest wait: diag report lists them")
    as_of = datetime.fromtimestamp(shown.read_at or 0.0, UTC)
    unread = f"; {len(shown.unread)} could not be read" if shown.unread else ""
    return (*lines, f"as diag scan --flows read them on {as_of:%Y-%m-%d %H:%M} UTC{unread}")
