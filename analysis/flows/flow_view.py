"""A flow with the timeouts of its actions beside it, as they are and as a plan would set them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analysis.flows.bites import Bites, StepWait, bites, longest_wait_of_step
from analysis.flows.flow import ArchitectFlow, FlowStep
from analysis.flows.longest_wait import LongestWait, longest_wait


@dataclass(frozen=True, slots=True)
class StepView:
    """One step: which timeout ends its calls and how long it waits at most, now and then.

    `timeout_s` are the action's (None: unknown); "then" is the same as now where nothing is to be set.
    """

    step: FlowStep
    timeout_s: int | None
    then_timeout_s: int | None
    bites: Bites
    then_bites: Bites
    wait: StepWait
    then_wait: StepWait

    @property
    def changes(self) -> bool:
        """Whether its action is to get another timeout."""
        return self.timeout_s != self.then_timeout_s


@dataclass(frozen=True, slots=True)
class FlowView:
    """One flow: the longest a caller waits in it for actions, now and then."""

    flow: ArchitectFlow
    steps: tuple[StepView, ...]
    wait: LongestWait
    then_wait: LongestWait

    @property
    def changes(self) -> bool:
        """Whether any of its actions is to get another timeout."""
        return any(step.changes for step in self.steps)


def flow_views(
    flows: Iterable[ArchitectFlow], now: Mapping[str, int | None], then: Mapping[str, int]
) -> tuple[FlowView, ...]:
    """Return the flows that call an action, the longest wait first.

    `now` are the timeouts in force by action id (s; None or absent: unknown), `then` those to be set.
    """
    views = [_view(flow, now, {**now, **then}) for flow in flows if flow.steps]
    return tuple(sorted(views, key=lambda view: (-max(view.wait.ms, view.then_wait.ms), view.flow.name)))


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
        "longest_wait_s": view.wait.ms / 1000,
        "longest_wait_then_s": view.then_wait.ms / 1000,
        "longest_wait_is_certain": view.wait.certain,
        "waits_in": [flow.steps[at].name for at in view.wait.steps],
        "repeats": list(view.wait.repeats),
        "unreached": [{"name": name, "wait_s": ms / 1000} for name, ms in view.wait.unreached],
        "not_followed": list(flow.not_followed),
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


def _view(flow: ArchitectFlow, now: Mapping[str, int | None], then: Mapping[str, int | None]) -> FlowView:
    def of(timeouts: Mapping[str, int | None], step: FlowStep) -> int | None:
        return None if step.action_id is None else timeouts.get(step.action_id)

    steps = tuple(
        StepView(
            step=step,
            timeout_s=of(now, step),
            then_timeout_s=of(then, step),
            bites=bites(step, of(now, step)),
            then_bites=bites(step, of(then, step)),
            wait=longest_wait_of_step(step, of(now, step)),
            then_wait=longest_wait_of_step(step, of(then, step)),
        )
        for step in flow.steps
    )
    return FlowView(
        flow,
        steps,
        longest_wait(flow, lambda step: of(now, step)),
        longest_wait(flow, lambda step: of(then, step)),
    )
