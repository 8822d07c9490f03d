"""A report with Architect flows beside its actions."""

from dataclasses import replace

from analysis.flows.flow import ArchitectFlow, FlowNode, FlowSequence, FlowStep, UnreadFlow
from analysis.flows.flow_view import FlowsShown, flow_views
from analysis.flows.path_warnings import path_warnings
from reports.report_data import ReportData


def made_flow(name: str, *steps: FlowStep, kind: str = "inboundcall", repeats: bool = False) -> ArchitectFlow:
    """Return a flow whose steps follow each other."""
    last = len(steps) - 1
    again = "Retry" if repeats else None
    nodes = [FlowNode(at, (at + 1,) if at < last else (), repeats=again) for at in range(len(steps))]
    return ArchitectFlow(
        name,
        kind,
        steps,
        id=f"id of {name}",
        version="7.0",
        nodes=tuple(nodes),
        sequences=(FlowSequence("Main", (0,)),) if steps else (),
        begins_in=0 if steps else None,
        read_at=1_795_300_000.0,
    )


def with_made_flows(data: ReportData, more: int = 0) -> ReportData:
    """Return the report with a handful of flows of every kind, and as many more as are wanted."""
    actions = {action.action_id: action for action in data.analysis.actions}
    first, *others = actions.values()
    second = others[0] if others else first

    def step(name: str, action_id: str, **how: object) -> FlowStep:
        base = FlowStep(name, actions[action_id].action_name, action_id, follows_action=True, own="literal")
        wired = replace(base, own_ms=60_000, success="wired", failure="wired", timeout="wired")
        return replace(wired, **how)  # type: ignore[arg-type]

    own = step("Look up the card", first.action_id, follows_action=False, own_ms=7_500)
    own = replace(own, timeout="not wired", has_next=True)
    unsure = step("Wait as told", second.action_id, follows_action=False, own="expression", own_ms=None)
    flows = [
        made_flow("Main menu", step("Find the order", first.action_id), step("Decide", second.action_id)),
        made_flow("Card services", own, repeats=True),
        made_flow("Night batch", unsure, kind="workflow"),
        replace(
            made_flow("Exported", step("By name", first.action_id, follows_action=None)),
            id=None,
            where="exports/main.yaml",
            not_followed=("it goes on in another flow, where waits are not counted",),
        ),
        *(made_flow(f"Region {at:03}", step("Find", first.action_id), own, unsure) for at in range(more)),
    ]
    now = {one.action_id: one.current_timeout_s for one in actions.values()}
    then = {first.action_id: first.recommended_timeout_s or 10}
    warnings = path_warnings(flows, first.action_id, first.current_timeout_s or 5, then[first.action_id])
    shown = FlowsShown(
        flow_views(flows, now, then),
        (UnreadFlow("Too deep", "it is nested more than 100 levels deep"), UnreadFlow("Gone", "it is gone")),
        1_795_300_000.0,
        warnings,
    )
    return replace(data, flows=shown)
