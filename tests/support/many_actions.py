"""A scenario with as many quick actions as are wanted, and no limit in the way."""

from pathlib import Path
from typing import Final

_HEAD: Final = """
description = "Many quick actions behind one integration"
[limits]
concurrent_executions = 5000
executions_per_minute = 1000000
token_requests_per_minute = 1000000
[[integration]]
name = "CRM"
type = "custom-rest-actions"
"""
_ACTION: Final = """
[[action]]
name = "Action {number:04d}"
integration = "CRM"
category = "Web Services Data Actions"
timeout_s = 5
latency = {{ model = "fixed", at_ms = 2 }}
input.id = {{ type = "string", minLength = 1 }}
result = {{ ok = true }}
"""


def many_actions(folder: Path, count: int) -> str:
    """Write the scenario of `count` actions that answer in 2 ms into `folder`; return its path."""
    scenario = folder / "many.toml"
    scenario.write_text(_HEAD + "".join(_ACTION.format(number=number) for number in range(count)))
    return str(scenario)
