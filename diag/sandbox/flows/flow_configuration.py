"""A flow's configuration in the shape that exports have (docs/genesys-api.md, "Flows").

The sandbox makes it by itself: it knows nothing of the code that reads it.
"""

import uuid
from collections.abc import Mapping

from diag.sandbox.flows.flow_spec import FlowSpec, FlowStepSpec
from diag.sandbox.reply_bodies import JsonObject, JsonValue


def flow_id(name: str) -> str:
    """The same id in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"flow:{name}"))


def flow_configuration(spec: FlowSpec, action_ids: Mapping[str, str], *, latest: bool = False) -> JsonValue:
    """The configuration of the published version, or the latest; `action_ids` by name."""
    turned = latest and spec.newer_draft
    tasks = dict.fromkeys(step.task for step in spec.steps) or {"Main": None}
    names = list(tasks)
    sequences: list[JsonValue] = []
    for at, task in enumerate(names):
        calls = None if spec.menu or at + 1 == len(names) else names[at + 1]
        steps = [step for step in spec.steps if step.task == task]
        sequences.append(_task(spec, task, calls, _actions(spec, steps, action_ids, turned=turned)))
    first = names[0]
    if spec.menu:
        first = "Main menu"
        sequences.append(_menu(spec, names))
    body: JsonObject = {
        "name": spec.name,
        "description": "Greets the caller with a prompt that nobody should keep",
        "type": spec.type.lower(),
        "initialSequence": _id(spec, first),
        "nextTrackingNumber": 100,
        "defaultLanguage": "en-us",
        "variables": [],
        "flowSequenceItemList": sequences,
        "manifest": {"dataAction": _manifest(spec, action_ids)},
    }
    return _broken(spec, body)


def _broken(spec: FlowSpec, body: JsonObject) -> JsonValue:
    match spec.broken:
        case "no-sequences":
            del body["flowSequenceItemList"]
        case "too-deep":
            inside: JsonValue = {}
            for _ in range(300):
                inside = {"below": inside}
            body["customDefinitions"] = inside
        case "wrong-types":
            body["flowSequenceItemList"] = {"0": "a task"}
        case "not-json":
            return "<html>504 Gateway Time-out</html>"
    return body


def _task(spec: FlowSpec, name: str, calls: str | None, actions: list[JsonObject]) -> JsonObject:
    """A task that runs these steps, then the next task or the end of the call."""
    last: JsonObject = {"__type": "DisconnectAction", "id": _id(spec, name, "end"), "name": "Disconnect"}
    if calls is not None:
        last = {"__type": "CallTaskAction", "id": _id(spec, name, "end"), "name": f"Call {calls}"}
        last |= {
            "taskReference": _id(spec, calls),
            "paths": [{"outputId": "__DEFAULT__", "label": "Default"}],
        }
    heads = [action for action in actions if action.pop("first", False)]
    for action, following in zip(heads, [*heads, last][1:], strict=True):
        action["nextAction"] = following["id"]
    return {
        "__type": "Task",
        "id": _id(spec, name),
        "name": name,
        "startAction": [*heads, last][0]["id"],
        "actionList": [*actions, last],
        "paths": [{"outputId": "__DEFAULT__", "label": "Default"}],
    }


def _menu(spec: FlowSpec, tasks: list[str]) -> JsonObject:
    choices: list[JsonValue] = [
        {
            "id": _id(spec, task, "choice"),
            "name": task,
            "digit": str(digit % 10),
            "action": {
                "__type": "TaskAction",
                "id": _id(spec, task, "from the menu"),
                "name": task,
                "taskReference": _id(spec, task),
            },
        }
        for digit, task in enumerate(tasks, start=1)
    ]
    return {"__type": "Menu", "id": _id(spec, "Main menu"), "name": "Main menu", "menuChoiceList": choices}


def _actions(
    spec: FlowSpec, steps: list[FlowStepSpec], action_ids: Mapping[str, str], *, turned: bool
) -> list[JsonObject]:
    """The steps of one task. Those that follow each other are marked `first`; the others lie in a branch."""
    made: list[JsonObject] = []
    for number, step in enumerate(steps):
        mark = f"{number} {step.task}"
        data = _data_action(spec, step, mark, action_ids[step.action], suggested=step.suggested != turned)
        if step.loop:
            made.append(
                {
                    "__type": "LoopAction",
                    "id": _id(spec, mark, "loop"),
                    "name": f"Repeat {step.name}",
                    "loopCount": {"config": {"lit": {"text": "3", "type": "int"}}},
                    "path": {"outputId": "__LOOP__", "nextActionId": data["id"]},
                    "first": True,
                }
            )
        made.append(data if step.loop else {**data, "first": True})
        made += [
            {"__type": "PlayAudioAction", "id": _id(spec, mark, path), "name": f"After {path}"}
            for path in step.wired
        ]
    return made


def _data_action(
    spec: FlowSpec, step: FlowStepSpec, mark: str, action_id: str, *, suggested: bool
) -> JsonObject:
    paths: list[JsonValue] = [
        {
            "label": path.capitalize(),
            "outputId": f"__{path.upper()}__",
            **({"nextActionId": _id(spec, mark, path)} if path in step.wired else {}),
        }
        for path in ("success", "failure", "timeout")
    ]
    action: JsonObject = {
        "__type": "DataAction",
        "id": _id(spec, mark, "data"),
        "name": step.name,
        "trackingId": 17,
        "actionName": step.action,
        "category": "Web Services Data Actions",
        "useSuggestedTimeout": suggested,
        "timeout": {"config": _own(step), "type": "dur", "version": 2},
        "inputs": [{"name": "id", "value": {"text": "Flow.CallerSecret"}}],
        "processingPrompt": {"config": {"emp": {"text": "", "type": "pmt"}}},
        "paths": paths,
    }
    if spec.broken != "no-action-ids":
        action["actionId"] = action_id
    return action


def _own(step: FlowStepSpec) -> JsonObject:
    if step.own == "expression":
        return {"ref": {"pos": 1, "text": "Flow.WaitFor", "type": "dur"}}
    if step.own == "empty":
        return {"emp": {"pos": 1, "text": "", "type": "dur"}}
    minutes, seconds = divmod(int(step.timeout_s), 60)
    milliseconds = round(step.timeout_s % 1 * 1000)
    return {"lit": {"pos": 1, "text": f"P0D0H{minutes}M{seconds}S{milliseconds}F", "type": "dur"}}


def _manifest(spec: FlowSpec, action_ids: Mapping[str, str]) -> list[JsonValue]:
    used = dict.fromkeys(step.action for step in spec.steps)
    return [
        {
            "id": action_ids[name],
            "name": name,
            "context": [
                {"actionName": step.name, "id": _id(spec, step.name, "context"), "name": step.name}
                for step in spec.steps
                if step.action == name
            ],
        }
        for name in used
    ]


def _id(spec: FlowSpec, *parts: str) -> str:
    return str(uuid.uuid5(uuid.UUID(flow_id(spec.name)), "/".join(parts)))
