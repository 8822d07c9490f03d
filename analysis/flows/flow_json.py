"""Flows for JSON: the same in `diag scan` and in a report."""

from typing import TypedDict

from analysis.flows.flow import OwnTimeout, Wiring
from analysis.flows.flow_view import FlowsShown, FlowView, StepView
from analysis.flows.flow_words import doubts, longest_words, waits_by
from analysis.flows.path_warnings import Kind, alike_together
from analysis.flows.which_timeout_ends import Bites


class FlowNotRead(TypedDict):
    """A flow that could not be read, and why."""

    flow: str
    why: str


class UnreachedTask(TypedDict):
    """A task that no step leads to as far as diag can follow, and how long it waits at most."""

    name: str
    wait_s: float


class StepJson(TypedDict):
    """A step that calls an action; waits in seconds, null where unknown."""

    step: str
    action_id: str | None
    action_name: str
    why_no_action: str | None
    """Why it is not known which action it calls."""
    follows_action: bool | None
    """Whether it waits as long as the action's own timeout says."""
    waits_by: str
    """By what it waits, in words."""
    own_timeout: OwnTimeout
    own_timeout_s: float | None
    timeout_s: int | None
    """The action's; of a function the smaller of its two."""
    timeout_then_s: int | None
    """As a plan would set it; in `diag scan` the same."""
    bites: Bites
    """Which of the two ends a call first."""
    bites_then: Bites
    wait_s: float
    wait_then_s: float
    wait_is_certain: bool
    silence_at_least_s: float | None
    """Of a voice call flow: how long a caller hears nothing, at a stretch, of `wait_s`."""
    success: Wiring
    failure: Wiring
    timeout: Wiring
    has_next: bool | None


class FlowJson(TypedDict):
    """A flow with the steps that call an action; null: a flow from a file says less."""

    flow_id: str | None
    flow_name: str
    flow_type: str
    version: str | None
    published: bool | None
    file: str | None
    longest_wait: str
    """As a text."""
    longest_wait_s: float
    longest_wait_then_s: float
    longest_wait_is_certain: bool
    """False: at most that."""
    waits_in: list[str]
    """The steps on that way."""
    repeats: list[str]
    """Loops in which actions are called; one round of each is counted."""
    unreached: list[UnreachedTask]
    not_known: list[str]
    """Sentences."""
    steps: list[StepJson]


class FlowMove(TypedDict):
    """What the recommended timeouts move, the same in several flows as one text."""

    text: str
    nowhere: bool
    """Calls may end on a path that leads nowhere."""


class FlowWarning(TypedDict):
    """What the recommended timeouts move in one step."""

    flow: str
    step: str
    kind: Kind
    nowhere: bool
    text: str


class ReportFlows(TypedDict, total=False):
    """What a report says of flows; nothing where none were read."""

    flows: list[FlowJson]
    """The longest wait first."""
    flows_not_read: list[FlowNotRead]
    flows_read_at: float | None
    """When they were read from the org, Unix seconds; null for files."""
    flow_moves: list[FlowMove]
    flow_warnings: list[FlowWarning]


def flows_to_json(shown: FlowsShown | None) -> ReportFlows:
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


def flow_to_json(view: FlowView) -> FlowJson:
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


def _step_to_json(view: StepView, *, voice: bool) -> StepJson:
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
