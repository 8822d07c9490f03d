"""A flow with the timeouts of its actions beside it, as they are and as a plan would set them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analysis.flows.flow import ArchitectFlow, FlowStep, UnreadFlow
from analysis.flows.longest_wait import LongestWait, longest_wait
from analysis.flows.path_warnings import PathWarning
from analysis.flows.which_timeout_ends import Bites, StepWait, bites, longest_wait_of_step


@dataclass(frozen=True, slots=True)
class StepView:
    """One step: which timeout ends its calls and how long it waits at most, now and then.

    `timeout_s` are the action's (None: unknown); "then" is the same as now where nothing is to be set.
    `by_function`: that is its function's own timeout, which is the shorter one.
    """

    step: FlowStep
    timeout_s: int | None
    then_timeout_s: int | None
    bites: Bites
    then_bites: Bites
    wait: StepWait
    then_wait: StepWait
    by_function: bool = False

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


@dataclass(frozen=True, slots=True)
class FlowsShown:
    """The flows of one page or plan. `read_at`: when they were last read from the org; None for files.

    `warnings`: what the recommended timeouts move in them, the worst first.
    """

    views: tuple[FlowView, ...]
    unread: tuple[UnreadFlow, ...] = ()
    read_at: float | None = None
    warnings: tuple[PathWarning, ...] = ()


def flow_views(
    flows: Iterable[ArchitectFlow],
    now: Mapping[str, int | None],
    then: Mapping[str, int],
    by_function: frozenset[str] = frozenset(),
) -> tuple[FlowView, ...]:
    """Return the flows that call an action, the longest wait first.

    `now` are the timeouts in force by action id (s; None or absent: unknown), `then` those to be set;
    `by_function`: the actions whose timeout in force is their function's own.
    """
    views = [_view(flow, now, {**now, **then}, by_function) for flow in flows if flow.steps]
    return tuple(sorted(views, key=lambda view: (-max(view.wait.ms, view.then_wait.ms), view.flow.name)))


def _view(
    flow: ArchitectFlow,
    now: Mapping[str, int | None],
    then: Mapping[str, int | None],
    by_function: frozenset[str],
) -> FlowView:
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
            by_function=step.action_id in by_function,
        )
        for step in flow.steps
    )
    return FlowView(
        flow,
        steps,
        longest_wait(flow, lambda step: of(now, step)),
        longest_wait(flow, lambda step: of(then, step)),
    )
