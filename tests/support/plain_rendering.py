"""The request of an action whose templates hold nothing but `${input.NAME}`, with texts as inputs."""

import json
import re
from typing import Any, Final
from urllib.parse import quote

import httpx

_INPUT: Final = re.compile(r"\$\{input\.(\w+)\}")


def request_of(action: dict[str, Any], template: str, inputs: dict[str, Any]) -> httpx.Request:
    """Return it; `action` with its config, `template` the text of its request template."""
    request = action["config"]["request"]
    url = _INPUT.sub(lambda found: quote(str(inputs[found[1]]), safe=""), request["requestUrlTemplate"])
    if request["requestType"] == "GET":
        return httpx.Request("GET", url, headers=request["headers"])
    content = _INPUT.sub(lambda found: json.dumps(inputs[found[1]])[1:-1], template)
    return httpx.Request(request["requestType"], url, headers=request["headers"], content=content)


def result_of(action: dict[str, Any], reply: httpx.Response) -> Any:
    """Return what the translation map makes of a reply, where the success template is one of its keys."""
    ((key, path),) = action["config"]["response"]["translationMap"].items()
    assert path == f"$.{key}"
    return reply.json()[key]
