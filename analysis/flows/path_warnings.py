"""What a change of an action's timeout moves in the flows that call it: from which path to which, and why.

When the step's own timeout ends a call, the step takes its Timeout path. Which path it takes when the
action's timeout does is unknown: Failure or Timeout (docs/genesys-api.md, "Flows").
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from analysis.flows.flow import ArchitectFlow, FlowStep, Wiring
from analysis.flows.which_timeout_ends import bites
from analysis.name_lists import first_names
from analysis.number_words import latency

Kind = Literal["to the action", "to the step", "no effect", "unknown"]


@dataclass(frozen=True, slots=True)
class PathWarning:
    """What one change does in one step. `nowhere`: calls may end on a path that leads nowhere."""

    flow: str
    step: str
    kind: Kind
    nowhere: bool
    what: str
    """What happens there, a clause."""

    @property
    def sentence(self) -> str:
        """Return where and what."""
        return f'flow "{self.flow}", step "{self.step}": {self.what}'


@dataclass(frozen=True, slots=True)
class MovedCalls:
    """The same that happens in a step of one name, in one flow or several, as a sentence."""

    sentence: str
    nowhere: bool


def alike_together(warnings: Iterable[PathWarning]) -> tuple[MovedCalls, ...]:
    """Return one sentence for all flows in which the same happens in a step of the same name."""
    flows: dict[PathWarning, dict[str, None]] = {}
    for one in warnings:
        flows.setdefault(replace(one, flow=""), {}).setdefault(one.flow)
    return tuple(MovedCalls(_together(one, list(names)), one.nowhere) for one, names in flows.items())


def _together(one: PathWarning, flows: list[str]) -> str:
    if len(flows) == 1:
        return replace(one, flow=flows[0]).sentence
    return f'{len(flows)} flows ({named(flows)}), step "{one.step}": {one.what}'


def named(names: Sequence[str]) -> str:
    """Return names in quotes: at most three, and how many more."""
    return first_names([f'"{name}"' for name in names], 3)


def path_warnings(
    flows: Iterable[ArchitectFlow], action_id: str, before_s: int, after_s: int
) -> tuple[PathWarning, ...]:
    """Return what a change from `before_s` to `after_s` moves in the steps that call the action."""
    found = [
        warning
        for flow in flows
        for step in flow.steps
        if step.action_id == action_id
        for warning in _of_step(flow, step, before_s, after_s)
    ]
    return tuple(sorted(found, key=lambda one: (not one.nowhere, one.kind == "unknown")))


def _of_step(flow: ArchitectFlow, step: FlowStep, before_s: int, after_s: int) -> Iterator[PathWarning]:
    now, then = bites(step, before_s), bites(step, after_s)
    if step.follows_action is not False or before_s == after_s:
        return
    if not step.own_ms:
        unsure = f"its own timeout is {_why(step)}, so which of the two timeouts ends a call is not known"
        yield PathWarning(flow.name, step.name, "unknown", False, unsure)
        return
    own = latency(step.own_ms)
    if now == then == "step":
        idle = f"it gives up after its own {own}, before and after: the change does not reach its callers"
        yield PathWarning(flow.name, step.name, "no effect", False, idle)
    elif now != "action" and then not in ("step", now):
        moved = (
            f"calls that its own {own} ended, on its Timeout path, will end at the action's "
            f"{after_s} s, perhaps on its Failure path (unknown which); {_wired(step)}"
        )
        nowhere = "not wired" in (step.failure, step.timeout)
        yield PathWarning(flow.name, step.name, "to the action", nowhere, moved)
    elif now != "step" and then not in ("action", now):
        moved = (
            f"calls that the action's {before_s} s ended, on its Failure or Timeout path "
            f"(unknown which), will end at the step's own {own} on its Timeout path; {_wired(step)}"
        )
        yield PathWarning(flow.name, step.name, "to the step", step.timeout == "not wired", moved)


def _wired(step: FlowStep) -> str:
    """Return which of the two paths are wired, and what becomes of a call on one that is not."""
    paths = (("Failure", step.failure), ("Timeout", step.timeout))
    text = " and ".join(f"{name} {_IS[wiring]}" for name, wiring in paths)
    if "not wired" not in (step.failure, step.timeout):
        return text
    return (
        f"{text}: {'the flow goes on after the step' if step.has_next else 'nothing follows the step there'}"
    )


_IS: Final[Mapping[Wiring, str]] = {
    "wired": "is wired",
    "not wired": "is not wired",
    "unknown": "could not be read",
}


def _why(step: FlowStep) -> str:
    return {
        "expression": "an expression",
        "empty": "empty",
        "unreadable": "not in a form that diag can read",
        "literal": "0 s",
    }[step.own]
