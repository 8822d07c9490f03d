"""Reading an action as a writer must send it back."""

from typing import Any

import httpx


def full_config(client: httpx.Client, uri: str) -> tuple[int, dict[str, Any]]:
    """What a careful client sends: everything that was read, templates inlined."""
    action = client.get(f"{uri}?includeConfig=true").json()
    config: dict[str, Any] = action["config"]
    config["request"]["requestTemplate"] = client.get(f"{uri}/templates/requesttemplate.vm").text
    config["response"]["successTemplate"] = client.get(f"{uri}/templates/successtemplate.vm").text
    return action["version"], config
