"""A flow's configuration, as the API and exports hold it (docs/genesys-api.md, "Flows").

Untyped and undocumented: whatever is not of the form that exports have is named, and never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from analysis.flows.architect_duration import duration_ms
from analysis.flows.flow import ArchitectFlow, FlowStep, OwnTimeout, Wiring
from diag.flows.unreadable_flow import UnreadableFlowError
from diag.flows.wiring import MOST_PLACES, Opening, PlaceInFlow, wire

_JsonMapping = Mapping[str, object]

MOST_NAME: Final = 500
"""Characters of a name that are kept."""

_SUCCESS, _FAILURE, _TIMEOUT = "__SUCCESS__", "__FAILURE__", "__TIMEOUT__"


def read_configuration(body: object, *, name: str | None = None) -> ArchitectFlow:
    """Return the flow in a configuration. `name` is used where the configuration has none.

    Raises UnreadableFlowError for what is not one.
    """
    if not isinstance(body, dict):
        raise UnreadableFlowError("it is not a JSON object")
    listed = body.get("flowSequenceItemList")
    if not isinstance(listed, list):
        raise UnreadableFlowError("it has no list of tasks, states and menus (flowSequenceItemList)")
    reader = _ConfigurationReader()
    for item in listed:
        reader.sequence(item)
    reader.compare_with_manifest(body.get("manifest"))
    wired = wire(reader.places, reader.openings)
    begins = body.get("initialSequence")
    numbered = {one: at for at, one in enumerate(reader.openings)}
    begins_in = numbered.get(begins) if isinstance(begins, str) else None
    if begins_in is None and len(reader.openings) > 1:
        reader.doubt("it does not say where it begins")
    return ArchitectFlow(
        name=_text(body, "name") or name or "unnamed",
        type=_text(body, "type") or "unknown",
        steps=tuple(reader.steps),
        nodes=wired.nodes,
        sequences=wired.sequences,
        begins_in=begins_in if begins_in is not None or len(reader.openings) != 1 else 0,
        not_followed=(*reader.doubts, *wired.not_followed),
    )


@dataclass(slots=True)
class _ConfigurationReader:
    """Takes in one sequence after the other."""

    steps: list[FlowStep] = field(default_factory=list)
    places: dict[str, PlaceInFlow] = field(default_factory=dict)
    openings: dict[str, Opening] = field(default_factory=dict)
    doubts: dict[str, None] = field(default_factory=dict)

    def doubt(self, what: str) -> None:
        self.doubts.setdefault(what)

    def sequence(self, item: object) -> None:
        if not isinstance(item, dict):
            self.doubt("one of its tasks, states or menus is not an object")
            return
        actions = [one for one in _list(item, "actionList") if one is not None]
        choices = [one.get("action") for one in _list(item, "menuChoiceList") if isinstance(one, dict)]
        choices = [one for one in choices if one is not None]
        for action in (*actions, *choices):
            self.action(action)
        starts = [_text(one, "id") for one in choices if isinstance(one, dict)]
        starts.append(_text(item, "startAction"))
        named = _text(item, "id") or f"sequence {len(self.openings)}"
        if named in self.openings:
            self.doubt("two of its tasks, states or menus have the same id")
            return
        opening = Opening(
            name=_text(item, "name") or "unnamed",
            starts=tuple(one for one in starts if one),
            repeats=_text(item, "__type") == "LoopTask",
        )
        if actions and not opening.starts:
            self.doubt(f'it does not say where "{opening.name}" begins')
        self.openings[named] = opening

    def action(self, action: object) -> None:
        if not isinstance(action, dict):
            self.doubt("one of its steps is not an object")
            return
        kind = _text(action, "__type") or ""
        step = None
        if kind == "DataAction" or (kind.endswith("DataAction") and _text(action, "actionId")):
            step = len(self.steps)
            self.steps.append(_step(action))
            if self.steps[-1].action_id is None:
                self.doubt(f'step "{self.steps[-1].name}" names its action without an id')
        if ("Transfer" in kind and "Flow" in kind) or "CommonModule" in kind:
            self.doubt("it goes on in another flow, where waits are not counted")
        named = _text(action, "id")
        if named is None or named in self.places:
            self.doubt("a step has no id, or that of another one")
            named = f"place {len(self.places)}"
        if len(self.places) >= MOST_PLACES:
            raise UnreadableFlowError(f"it has more than {MOST_PLACES:,} steps")
        self.places[named] = _place(action, kind, step)

    def compare_with_manifest(self, manifest: object) -> None:
        """Doubt whether all steps were found, where the flow's own list of actions names more."""
        if not isinstance(manifest, dict):
            return
        listed = {_text(one, "id") for one in _list(manifest, "dataAction") if isinstance(one, dict)}
        found = {step.action_id for step in self.steps}
        missing = {one for one in listed if one} - found
        if missing and None not in found:
            self.doubt(f"it uses {len(missing)} more actions than were found in its steps")


def _place(action: _JsonMapping, kind: str, step: int | None) -> PlaceInFlow:
    paths = [one for one in (*_list(action, "paths"), action.get("path")) if isinstance(one, dict)]
    heads = [_text(one, "nextActionId") for one in paths]
    # A step names the task, state or menu it leads to by its id, under a key that differs from kind to kind.
    own = ("id", "actionId", "nextAction", "__type", "name")
    calls = [value for key, value in action.items() if key not in own and isinstance(value, str)]
    return PlaceInFlow(
        step=step,
        next=_text(action, "nextAction"),
        heads=[one for one in heads if one],
        open_branch=not all(heads),
        calls=calls,
        ends=kind.startswith(("Disconnect", "End")),
        repeats=(_text(action, "name") or "a loop") if kind.startswith("Loop") else None,
    )


def _step(action: _JsonMapping) -> FlowStep:
    suggested = action.get("useSuggestedTimeout")
    own, own_ms = _own_timeout(action.get("timeout"))
    paths = _paths(action.get("paths"))
    action_id = _text(action, "actionId")
    return FlowStep(
        name=_text(action, "name") or "unnamed",
        action_name=_text(action, "actionName") or action_id or "unnamed",
        action_id=action_id,
        category=_text(action, "category"),
        follows_action=suggested if isinstance(suggested, bool) else None,
        own=own,
        own_ms=own_ms,
        success=paths.get(_SUCCESS, "unknown"),
        failure=paths.get(_FAILURE, "unknown"),
        timeout=paths.get(_TIMEOUT, "unknown"),
        has_next=_text(action, "nextAction") is not None,
        unknown_action=None if action_id is not None else "the step has no id of an action",
    )


def _own_timeout(timeout: object) -> tuple[OwnTimeout, int | None]:
    """Return the form of a step's own timeout, and its milliseconds where that is a literal."""
    config = timeout.get("config") if isinstance(timeout, dict) else None
    if not isinstance(config, dict) or len(config) != 1:
        return "unreadable", None
    (form, value), *_ = config.items()
    if form == "emp":
        return "empty", None
    if form != "lit":
        return "expression", None
    own_ms = duration_ms(value.get("text")) if isinstance(value, dict) else None
    return ("unreadable", None) if own_ms is None else ("literal", own_ms)


def _paths(paths: object) -> dict[str, Wiring]:
    found: dict[str, Wiring] = {}
    for one in paths if isinstance(paths, list) else ():
        output = _text(one, "outputId") if isinstance(one, dict) else None
        if output is None:
            continue
        wiring: Wiring = "wired" if _text(one, "nextActionId") else "not wired"
        found[output] = "unknown" if output in found else wiring
    return found


def _text(source: _JsonMapping, key: str) -> str | None:
    value = source.get(key)
    return value[:MOST_NAME] if isinstance(value, str) and value else None


def _list(source: _JsonMapping, key: str) -> list[object]:
    value = source.get(key)
    return cast(list[object], value) if isinstance(value, list) else []
