"""Function actions cannot be created from a file (docs/genesys-api.md, "Kinds of action")."""

from diag.definitions.definition_errors import InvalidDefinitionError
from diag.genesys.data_action import FUNCTION_INTEGRATION
from diag.genesys.replies.json_reply import JsonObject, optional_object, optional_text


def describes_function(source: JsonObject) -> bool:
    """Return whether a file describes a function action: by its type, or by lacking type and address."""
    kind = optional_text(source, "integrationType")
    if kind is not None:
        return kind == FUNCTION_INTEGRATION
    request = optional_object(optional_object(source, "config"), "request")
    return "requestType" in request and "requestUrlTemplate" not in request


def function_refusal(what: str) -> InvalidDefinitionError:
    """Return the refusal to create `what`, with what can be done instead."""
    return InvalidDefinitionError(
        f"{what} a function action, which cannot be created from a file: its code is not in it, and "
        "Genesys Cloud creates none this way.",
        hint="Create it in the admin UI, or with Terraform, and upload its code. Then set its timeout: "
        "diag set NAME --timeout SECONDS",
    )
