"""From an action as the org holds it to what a direct call needs, or the reason why there can be none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from diag.direct.direct_action import DirectAction
from diag.genesys.data_action import FUNCTION_INTEGRATION, ActionConfig
from diag.genesys.full_config import FullConfig
from diag.genesys.replies.json_reply import JsonObject, optional_object, optional_text

WEB_SERVICES: Final = "custom-rest-actions"
_GENESYS_CLOUD: Final = "purecloud-data-actions"
_AWS_LAMBDA: Final = "aws-lambda-data-actions"

ANOTHER_WAY: Final = 'Measure it through the test endpoint: target = "test".'
_OTHER_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    _GENESYS_CLOUD: (
        "its backend is Genesys Cloud itself, called with a token that only the platform holds",
        ANOTHER_WAY,
    ),
    _AWS_LAMBDA: (
        "it invokes an AWS Lambda function under a role that only Genesys Cloud may assume",
        "Take the function's own duration from CloudWatch (Duration, p50 and p99), and measure the action "
        "through the test endpoint.",
    ),
    FUNCTION_INTEGRATION: (
        "it runs a function inside Genesys Cloud, which has no address of its own",
        "Measure it through the test endpoint: its execution log holds the function's own duration.",
    ),
}


@dataclass(frozen=True, slots=True)
class NotDirect:
    """Why an action cannot be called directly, and what can be done instead. Both are sentences' parts."""

    reason: str
    instead: str = ANOTHER_WAY


def read_direct_action(full: FullConfig) -> DirectAction | NotDirect:
    """Return what a direct call of this action needs, as the org holds it; nothing is rendered yet.

    The action must carry its contract (`expand=contract`). Where its integration's type was not read, its
    URL decides: only Web services have an absolute one.
    """
    action = full.action
    if action.kind == "static":
        return NotDirect("it is built into Genesys Cloud, which does not show its request")
    integration = FUNCTION_INTEGRATION if action.kind == "function" else action.integration_type
    if integration not in (WEB_SERVICES, None):
        reason, instead = _OTHER_TYPES.get(
            integration,
            (
                f"integrations of type {integration} sign their requests themselves; only those of Web "
                f"services ({WEB_SERVICES}) are called directly",
                ANOTHER_WAY,
            ),
        )
        return NotDirect(reason, instead)
    if action.damaged_part is not None or action.config is None:
        return NotDirect(f"it arrived without {action.damaged_part or 'config'}", "Read the org again.")
    if action.contract is None and action.kind != "custom_auth":
        return NotDirect("it arrived without its contract", "Read the org again.")
    return _made(full, action.config, action.contract or {})


def _made(full: FullConfig, config: ActionConfig, contract: JsonObject) -> DirectAction | NotDirect:
    request, response = config.request, config.response
    url = optional_text(request, "requestUrlTemplate")
    method = optional_text(request, "requestType")
    if not url or not method:
        return NotDirect("it has no URL template or no method")
    if url.lstrip().startswith("/"):
        return NotDirect(
            "its URL has no host: its backend is Genesys Cloud itself, or what the integration knows"
        )
    output = optional_object(contract, "output")
    schema = output.get("successSchema") or {}
    if not schema and output.get("successSchemaFlattened"):
        return NotDirect("it arrived with a flattened contract only", "Read the org again.")
    texts = {
        name: _texts(source, name)
        for source, name in (
            (request, "headers"),
            (response, "translationMap"),
            (response, "translationMapDefaults"),
        )
    }
    odd = next((name for name, read in texts.items() if read is None), None)
    if odd is not None:
        return NotDirect(f"its {odd} holds something else than texts")
    return DirectAction(
        action_id=full.action.id,
        action_name=full.action.name,
        method=method,
        url_template=url,
        headers=texts["headers"] or {},
        request_template=full.request_template,
        translation_map=texts["translationMap"] or {},
        translation_defaults=texts["translationMapDefaults"] or {},
        success_template=full.success_template,
        output_schema=json.dumps(schema, ensure_ascii=False),
    )


def _texts(source: JsonObject, key: str) -> dict[str, str] | None:
    """Return a mapping of texts, empty where there is none; None for one that holds anything else."""
    read: dict[str, str] = {}
    for name, value in optional_object(source, key).items():
        if not isinstance(value, str):
            return None
        read[name] = value
    return read
