"""Which action a step calls, where the flow names it without an id (Archy)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from analysis.flows.flow import ArchitectFlow, FlowStep


@dataclass(frozen=True, slots=True)
class NamedAction:
    """An action as far as a name has to be told from others; `category` None: not known."""

    id: str
    name: str
    category: str | None = None


def join_actions(flows: Iterable[ArchitectFlow], actions: Iterable[NamedAction]) -> tuple[ArchitectFlow, ...]:
    """Return the flows with the id of every action that is named by exactly one; else why there is none."""
    by_name: dict[str, list[NamedAction]] = {}
    for action in actions:
        by_name.setdefault(action.name, []).append(action)
    return tuple(replace(flow, steps=tuple(_joined(step, by_name) for step in flow.steps)) for flow in flows)


def _joined(step: FlowStep, by_name: Mapping[str, list[NamedAction]]) -> FlowStep:
    if step.action_id is not None:
        return step
    named = by_name.get(step.action_name, [])
    fitting = [one for one in named if None in (one.category, step.category) or one.category == step.category]
    if len(fitting) == 1:
        return replace(step, action_id=fitting[0].id, unknown_action=None)
    if fitting:
        return replace(step, unknown_action=f"{len(fitting)} actions have this name, the file gives no id")
    return replace(step, unknown_action="no action here has this name and category")
