"""The flows that belong to an analysis or a plan: kept ones of its org, and files, joined to its actions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.flows.flow import FlowsRead
from analysis.flows.flow_view import FlowsShown, flow_views
from analysis.flows.join_actions import NamedAction, join_actions
from analysis.flows.path_warnings import path_warnings
from diag.flows.flow_cache import KeptFlows, read_cache
from diag.flows.read_folder import flows_in


@dataclass(frozen=True, slots=True)
class ActionTimeouts:
    """One action of the page or plan: its timeout now (s; None: unknown), and the one to set, if any."""

    action: NamedAction
    now_s: int | None
    then_s: int | None = None


def kept_flows(runs: Path, orgs: Iterable[tuple[str, str]]) -> KeptFlows | None:
    """Return the flows kept of the first of these orgs (host, id) that has any. Raises FlowCacheError."""
    return next((kept for host, org in orgs if (kept := read_cache(runs, host, org)) is not None), None)


def shown_flows(
    kept: KeptFlows | None, folder: Path | None, actions: Iterable[ActionTimeouts]
) -> FlowsShown | None:
    """Return the flows that call one of the actions; None where no flow was ever read.

    Raises UsageError for a folder without a flow.
    """
    if kept is None and folder is None:
        return None
    every = tuple(actions)
    files = FlowsRead(()) if folder is None else flows_in(folder)
    of_org = kept or KeptFlows("", "")
    ids = {one.action.id for one in every}
    joined = [
        flow
        for flow in join_actions((*of_org.flows, *files.flows), [one.action for one in every])
        if any(step.action_id in ids for step in flow.steps)
    ]
    ends = [ends_after(one, of_org.functions.get(one.action.id)) for one in every]
    now: Mapping[str, int | None] = {**of_org.timeouts, **{one.action.id: one.now_s for one in ends}}
    then = {one.action.id: one.then_s for one in ends if one.then_s is not None}
    warnings = [
        warning
        for one in ends
        if one.now_s is not None and one.then_s is not None
        for warning in path_warnings(joined, one.action.id, one.now_s, one.then_s)
    ]
    return FlowsShown(
        views=flow_views(joined, now, then, _ended_by_functions(of_org.functions, every)),
        unread=(*of_org.unread, *files.unread),
        read_at=None if kept is None else kept.read_at,
        warnings=tuple(sorted(warnings, key=lambda one: not one.nowhere)),
    )


def _ended_by_functions(functions: Mapping[str, int], every: Iterable[ActionTimeouts]) -> frozenset[str]:
    """The actions whose function's own timeout is the shorter one, as far as that is known."""
    known = {one.action.id: one.now_s for one in every}
    return frozenset(
        action_id
        for action_id, function_s in functions.items()
        if action_id in known and ((now_s := known[action_id]) is None or function_s < now_s)
    )


def ends_after(one: ActionTimeouts, function_s: int | None) -> ActionTimeouts:
    """Return when its calls end: a function's by the function's own timeout, where that is the shorter."""
    if function_s is None:
        return one
    now_s = function_s if one.now_s is None else min(one.now_s, function_s)
    return replace(one, now_s=now_s, then_s=None if one.then_s is None else min(one.then_s, function_s))
