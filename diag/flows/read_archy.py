"""A flow as Archy writes it (YAML): names instead of ids, and no word on "Use action's suggested timeout".

Steps lie in lists (`actions`), branches below `outputs`; an end of a branch goes on with what follows it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from analysis.flows.flow import MOST_MS, ArchitectFlow, FlowStep, OwnTimeout, Wiring
from diag.flows.read_flow_json import MOST_NAME
from diag.flows.unreadable_flow import UnreadableFlowError
from diag.flows.wiring import MOST_PLACES, Opening, PlaceInFlow, wire

_YamlMapping = Mapping[str, object]

_KINDS: Final = ("task", "state", "menu")
_REFERENCE: Final = re.compile(r"(?:task|state|menu)\[([^\[\]]{1,300})\]$")
_STEPS: Final = ("actions", "startUpTaskActions")
_UNITS_MS: Final = {"days": 86_400_000, "hours": 3_600_000, "minutes": 60_000, "seconds": 1_000, "ms": 1}
_WHOLE: Final = re.compile(r"[0-9]{1,12}")
_ENDS: Final = ("disconnect", "endTask", "endWorkflow", "endState")


def read_archy(body: object) -> ArchitectFlow:
    """Return the flow in the value of an Archy file. Raises UnreadableFlowError for what is not one."""
    if not isinstance(body, dict) or len(body) != 1:
        raise UnreadableFlowError("it is not a flow of Archy: one key (the kind of flow) with the flow below")
    ((kind, flow),) = body.items()
    if not isinstance(flow, dict) or not isinstance(flow.get("name"), str):
        raise UnreadableFlowError("it is not a flow of Archy: the flow has no name")
    reader = _ArchyReader()
    reader.flow(flow)
    wired = wire(reader.places, reader.openings)
    numbered = {one: at for at, one in enumerate(reader.openings)}
    begins = numbered.get(_reference(flow.get("startUpRef")) or _STARTUP)
    if begins is None and len(numbered) > 1:
        reader.doubts.setdefault("it does not say where it begins")
    return ArchitectFlow(
        name=flow["name"][:MOST_NAME] or "unnamed",
        type=kind[:MOST_NAME],
        steps=tuple(reader.steps),
        nodes=wired.nodes,
        sequences=wired.sequences,
        begins_in=begins if begins is not None or len(numbered) != 1 else 0,
        not_followed=(*reader.doubts, *wired.not_followed),
    )


_STARTUP: Final = "startUpTaskActions"


@dataclass(slots=True)
class _ArchyReader:
    """Takes in the sequences of a flow."""

    steps: list[FlowStep] = field(default_factory=list)
    places: dict[str, PlaceInFlow] = field(default_factory=dict)
    openings: dict[str, Opening] = field(default_factory=dict)
    doubts: dict[str, None] = field(default_factory=dict)

    def flow(self, flow: _YamlMapping) -> None:
        for name, value in flow.items():
            if name == _STARTUP:
                self.opening(_STARTUP, "start", {"actions": value})
            elif name in ("tasks", "states", "menus"):
                if not isinstance(value, list):
                    self.doubts.setdefault(f"its {name} are not a list")
                    continue
                for item in value:
                    self.sequence(item)

    def sequence(self, item: object) -> None:
        kind, body = _only(item)
        if kind not in _KINDS or not isinstance(body, dict):
            self.doubts.setdefault("one of its tasks, states or menus is in a form that is not known")
            return
        name = _text(body.get("name")) or "unnamed"
        self.opening(_text(body.get("refId")) or name, name, body)

    def opening(self, named: str, name: str, body: _YamlMapping) -> None:
        if named in self.openings:
            self.doubts.setdefault("two of its tasks, states or menus have the same name")
            return
        heads, open_branch, calls = self.branches(body)
        first = self.place(PlaceInFlow(heads=heads, open_branch=open_branch, calls=calls))
        self.openings[named] = Opening(name, (first,))

    def branches(self, body: object) -> tuple[list[str], bool, list[str]]:
        """Return the first step of each list of steps below, whether one is empty, and what it refers to."""
        heads: list[str] = []
        open_branch, calls = False, []
        for key, value in _below(body):
            if key in _STEPS:
                head = self.list_of_steps(value)
                open_branch = open_branch or head is None
                heads += [] if head is None else [head]
            elif (named := _reference(value)) is not None:
                calls.append(named)
        return heads, open_branch or not heads, calls

    def list_of_steps(self, value: object) -> str | None:
        """Take in a list of steps; return the name of the first, None for an empty list."""
        if not isinstance(value, list):
            self.doubts.setdefault("one of its lists of steps is not a list")
            return None
        made = [self.one_step(item, has_next=at + 1 < len(value)) for at, item in enumerate(value)]
        for one, following in pairwise(made):
            self.places[one].next = following
        return made[0] if made else None

    def one_step(self, item: object, *, has_next: bool) -> str:
        kind, body = _only(item)
        if kind is None:
            self.doubts.setdefault("one of its steps is in a form that is not known")
            return self.place(PlaceInFlow())
        step = None
        if kind == "callData":
            step = len(self.steps)
            self.steps.append(_step(body, has_next=has_next))
        if ("transfer" in kind.lower() and "flow" in kind.lower()) or "commonModule" in kind:
            self.doubts.setdefault("it goes on in another flow, where waits are not counted")
        at = self.place(PlaceInFlow(step=step, ends=kind in _ENDS))
        place = self.places[at]
        place.heads, place.open_branch, place.calls = self.branches(body)
        if step is not None:
            made = self.steps[step]
            place.open_branch = made.success != "wired" or made.failure != "wired" or made.timeout != "wired"
        if kind.startswith("loop"):
            place.repeats = _text(body.get("name")) if isinstance(body, dict) else None
            place.repeats, place.open_branch = place.repeats or "a loop", True
        return at

    def place(self, place: PlaceInFlow) -> str:
        if len(self.places) >= MOST_PLACES:
            raise UnreadableFlowError(f"it has more than {MOST_PLACES:,} steps")
        name = str(len(self.places))
        self.places[name] = place
        return name


def _step(body: object, *, has_next: bool) -> FlowStep:
    source: _YamlMapping = body if isinstance(body, dict) else {}
    category, inside = _only(source.get("category"))
    named, _ = _only(inside.get("dataAction") if isinstance(inside, dict) else None)
    own, own_ms = _own_timeout(source.get("timeout"))
    outputs = source.get("outputs")
    return FlowStep(
        name=_text(source.get("name")) or "Call Data Action",
        action_name=(named or "unnamed")[:MOST_NAME],
        category=None if category is None else category[:MOST_NAME],
        own=own,
        own_ms=own_ms,
        success=_wiring(outputs, "success"),
        failure=_wiring(outputs, "failure"),
        timeout=_wiring(outputs, "timeout"),
        has_next=has_next,
        unknown_action="the file gives no id" if named else "the step does not say which action it calls",
    )


def _own_timeout(timeout: object) -> tuple[OwnTimeout, int | None]:
    """Return the form of a step's own timeout; without one Archy's default holds, which is not documented."""
    if timeout is None or not isinstance(timeout, dict):
        return ("empty" if timeout is None else "unreadable"), None
    if "lit" not in timeout:
        return ("empty" if "noValue" in timeout else "expression"), None
    parts = timeout["lit"]
    if not isinstance(parts, dict) or not parts or not parts.keys() <= _UNITS_MS.keys():
        return "unreadable", None
    if not all(isinstance(one, str) and _WHOLE.fullmatch(one) for one in parts.values()):
        return "unreadable", None
    total = sum(int(one) * _UNITS_MS[unit] for unit, one in parts.items())
    return ("literal", total) if total <= MOST_MS else ("unreadable", None)


def _wiring(outputs: object, name: str) -> Wiring:
    if outputs is None:
        return "not wired"
    if not isinstance(outputs, dict):
        return "unknown"
    path = outputs.get(name)
    actions = path.get("actions") if isinstance(path, dict) else None
    return "wired" if isinstance(actions, list) and actions else "not wired"


def _only(item: object) -> tuple[str | None, object]:
    """Return key and value of an object that has one key; None for anything else."""
    if not isinstance(item, dict) or len(item) != 1:
        return None, None
    ((key, value),) = item.items()
    return key, value


def _below(body: object) -> Iterator[tuple[str, object]]:
    """Yield the keys below a step, but nothing below a list of further steps."""
    left = [body]
    while left:
        one = left.pop()
        if isinstance(one, list):
            left += one
        elif isinstance(one, dict):
            for key, value in one.items():
                yield key, value
                if key not in _STEPS:
                    left.append(value)


def _reference(value: object) -> str | None:
    """Return what a text like `/inboundCall/tasks/task[Main_10]` refers to."""
    found = _REFERENCE.search(value) if isinstance(value, str) and len(value) < 1000 else None
    return None if found is None else found[1]


def _text(value: object) -> str | None:
    return value[:MOST_NAME] if isinstance(value, str) and value else None
