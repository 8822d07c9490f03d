"""Flows in the forms that they come in, made for tests: configurations, exports, Archy's YAML."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

ACTION: Final = "custom_-_0b1c"


def data_step(
    name: str = "Get customer",
    *,
    action_id: str | None = ACTION,
    suggested: object = True,
    own: object = "P0D0H1M0S0F",
    then: str | None = None,
    **paths: str | None,
) -> dict[str, Any]:
    """A step that calls an action; `paths`: the step on success, failure and timeout (None: not wired)."""
    timeout: object = {"lit": {"text": own, "type": "dur"}} if isinstance(own, str) else own
    step: dict[str, Any] = {
        "__type": "DataAction",
        "id": name,
        "name": name,
        "actionName": "Get Customer",
        "useSuggestedTimeout": suggested,
        "timeout": {"config": timeout},
        "inputs": [{"value": {"text": "a secret prompt"}}],
        "paths": [
            {"outputId": f"__{output.upper()}__", **({} if goes is None else {"nextActionId": goes})}
            for output, goes in {"success": None, "failure": None, "timeout": None, **paths}.items()
        ],
    }
    if action_id is not None:
        step["actionId"] = action_id
    if then is not None:
        step["nextAction"] = then
    return step


def other_step(
    name: str, kind: str = "PlayAudioAction", then: str | None = None, **more: Any
) -> dict[str, Any]:
    """A step of any other kind."""
    return {
        "__type": kind,
        "id": name,
        "name": name,
        **({} if then is None else {"nextAction": then}),
        **more,
    }


def task(
    name: str, *steps: Mapping[str, Any], start: str | None = None, kind: str = "Task"
) -> dict[str, Any]:
    """A task that begins with its first step, unless `start` names another one."""
    begins = start if start is not None else steps[0]["id"] if steps else None
    return {
        "__type": kind,
        "id": f"id of {name}",
        "name": name,
        "startAction": begins,
        "actionList": list(steps),
    }


def menu(name: str, *tasks: str) -> dict[str, Any]:
    """A menu whose choices lead to tasks."""
    choices = [
        {
            "id": f"choice {at}",
            "action": other_step(f"{name} {at}", "TaskAction", taskReference=f"id of {one}"),
        }
        for at, one in enumerate(tasks)
    ]
    return {"__type": "Menu", "id": f"id of {name}", "name": name, "menuChoiceList": choices}


def configuration(
    *sequences: Mapping[str, Any], begins: str | None = None, uses: Sequence[str] = (), **more: Any
) -> dict[str, Any]:
    """A flow as the API answers it; `begins` names the sequence it begins in."""
    return {
        "name": "Main menu",
        "type": "inboundcall",
        "flowSequenceItemList": list(sequences),
        **({} if begins is None else {"initialSequence": f"id of {begins}"}),
        "manifest": {"dataAction": [{"id": one, "name": "Get Customer"} for one in uses]},
        **more,
    }


def as_i3(body: object) -> bytes:
    """A flow as Architect exports it."""
    return base64.b64encode(quote(json.dumps(body)).encode())


ARCHY: Final = """\
inboundCall:
  name: Main menu
  startUpRef: "/inboundCall/menus/menu[Main_10]"
  settingsActionDefaults:
    callData:
      processingPrompt: {noValue: true}
  menus:
    - menu:
        name: Main
        refId: Main_10
        choices:
          - menuTask:
              name: Balance
              task:
                actions:
                  - callData:
                      name: Get customer
                      timeout: {lit: {seconds: 5, ms: 500}}
                      category: {Web Services: {dataAction: {Get Customer: {inputs: {id: {lit: secret}}}}}}
                      outputs:
                        success:
                          actions:
                            - callTask: {name: On, targetTaskRef: "/inboundCall/tasks/task[Orders_11]"}
                        timeout:
                          actions:
                            - disconnect: {none: true}
                  - disconnect: {none: true}
  tasks:
    - task:
        name: Orders
        refId: Orders_11
        actions:
          - loop:
              name: Again
              outputs:
                loop:
                  actions:
                    - callData:
                        name: Get orders
                        timeout: {exp: Flow.Wait}
                        category: {Web Services: {dataAction: {Get Orders: {}}}}
"""
