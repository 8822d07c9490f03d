"""Flows for JSON: the same in `diag scan` and in a report."""

from analysis.flows.flow_view import FlowsShown, FlowView, StepView
from analysis.flows.flow_words import doubts, longest_words, waits_by
from analysis.flows.path_warnings import alike_together


def flows_to_json(shown: FlowsShown | None) -> dict[str, object]:
    """Return what a report says of flows; nothing where none were read."""
    if shown is None:
        return {}
    return {
        "flows": [flow_to_json(view) for view in shown.views],
        "flows_not_read": [{"flow": one.name, "why": one.why} for one in shown.unread],
        "flows_read_at": shown.read_at,
        "flow_moves": [
            {"text": one.sentence, "nowhere": one.nowhere} for one in alike_together(shown.warnings)
        ],
        "flow_warnings": [
            {
                "flow": one.flow,
                "step": one.step,
                "kind": one.kind,
                "nowhere": one.nowhere,
                "text": one.sentence,
            }
            for one in shown.warnings
        ],
    }


def flow_to_json(view: FlowView) -> dict[str, object]:
    """Return a flow for JSON; waits in seconds, null where unknown."""
    flow = view.flow
    return {
        "flow_id": flow.id,
        "flow_name": flow.name,
        "flow_type": flow.type,
        "version": flow.version,
        "published": flow.published if flow.id is not None else None,
        "file": flow.where,
        "longest_wait": longest_words(view.wait),
        "longest_wait_s": view.wait.ms / 1000,
        "longest_wait_then_s": view.then_wait.ms / 1000,
        "longest_wait_is_certain": view.wait.certain,
        "waits_in": [flow.steps[at].name for at in view.wait.steps],
        "repeats": list(view.wait.repeats),
        "unreached": [{"name": name, "wait_s": ms / 1000} for name, ms in view.wait.unreached],
        "not_known": list(doubts(view)),
        "steps": [_step_to_json(step, voice=flow.is_voice) for step in view.steps],
    }


def _step_to_json(view: StepView, *, voice: bool) -> dict[str, object]:
    step = view.step
    return {
        "step": step.name,
        "action_id": step.action_id,
        "action_name": step.action_name,
        "why_no_action": step.unknown_action,
        "follows_action": step.follows_action,
        "waits_by": waits_by(view),
        "own_timeout": step.own,
        "own_timeout_s": None if step.own_ms is None else step.own_ms / 1000,
        "timeout_s": view.timeout_s,
        "timeout_then_s": view.then_timeout_s,
        "bites": view.bites,
        "bites_then": view.then_bites,
        "wait_s": view.wait.ms / 1000,
        "wait_then_s": view.then_wait.ms / 1000,
        "wait_is_certain": view.wait.certain,
        "silence_at_least_s": view.wait.silence_ms / 1000 if voice else None,
        "success": step.success,
        "failure": step.failure,
        "timeout": step.timeout,
        "has_next": step.has_next,
    }
