"""From an action in the org to the file that `diag register` and the admin UI's import accept."""

from diag.genesys.api_errors import UnexpectedReplyError
from diag.genesys.full_config import FullConfig
from diag.genesys.replies.json_reply import JsonObject, optional_object


def definition_body(full: FullConfig, contract: JsonObject, integration_type: str | None) -> JsonObject:
    """Return the file's content; templates are inlined, the platform's own pointers (`...Uri`) left out.

    `contract` as `expand=contract` gives it. `integration_type` None: it could not be read, and is omitted.
    Raises `UnexpectedReplyError` when the action or its contract did not come whole.
    """
    for side, schema in (("input", "inputSchema"), ("output", "successSchema")):
        if not isinstance(optional_object(contract, side).get(schema), dict):
            raise UnexpectedReplyError(
                f"The action {full.action.name!r} arrived without contract.{side}.{schema}. Half an action "
                "is not exported.",
                hint="Does a proxy in between cut replies short? Compare with the admin UI.",
            )
    body = full.patch_body(full.action.config.timeout_seconds if full.action.config else None)
    definition: JsonObject = {"name": full.action.name}
    if integration_type is not None:
        definition["integrationType"] = integration_type
    definition["actionType"] = "custom"
    if full.action.category is not None:
        definition["category"] = full.action.category
    definition["secure"] = full.action.secure
    definition["config"] = body["config"]
    output = optional_object(contract, "output")
    definition["contract"] = {
        "input": {"inputSchema": optional_object(optional_object(contract, "input"), "inputSchema")},
        "output": {
            name: output[name]
            for name in ("successSchema", "errorSchema")
            if isinstance(output.get(name), dict)
        },
    }
    return definition
