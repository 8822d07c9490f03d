"""An action as a file describes it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from analysis.format.input_file import InputFile
from analysis.number_words import plural
from diag.definitions.definition_errors import InvalidDefinitionError
from diag.definitions.definition_form import KNOWN_KEYS, faults_of_form
from diag.definitions.exported_name import without_export_mark
from diag.definitions.function_actions import describes_function, function_refusal
from diag.genesys.replies.json_reply import JsonObject, optional_int, optional_object, optional_text

_SEE_THE_FORM: Final = "Export one to see the form: diag export ACTION"


@dataclass(frozen=True, slots=True)
class ActionDefinition:
    """What `diag register` creates. Texts, templates and schemas are as the file holds them.

    `integration`, `category`, `timeout_s` are None where the file does not say; `ignored` names keys the
    file has and the platform does not take.
    """

    name: str
    name_in_file: str
    """With the admin UI's " - Exported DATE @ TIME", where the file has it."""
    request: JsonObject = field(repr=False)
    response: JsonObject = field(repr=False)
    contract: JsonObject
    secure: bool = False
    integration: str | None = None
    integration_type: str | None = None
    category: str | None = None
    timeout_s: int | None = None
    ignored: tuple[str, ...] = ()

    def post_body(self, *, integration_id: str, category: str, timeout_s: int) -> JsonObject:
        """Return the PostActionInput for it: of the contract it takes these two schemas (SDK models)."""
        given_input, given_output = (optional_object(self.contract, side) for side in ("input", "output"))
        return {
            "name": self.name,
            "category": category,
            "integrationId": integration_id,
            "secure": self.secure,
            "config": {"request": self.request, "response": self.response, "timeoutSeconds": timeout_s},
            "contract": {
                "input": {"inputSchema": given_input.get("inputSchema")},
                "output": {"successSchema": given_output.get("successSchema")},
            },
        }


def read_definition(path: Path, *, keep_name: bool = False) -> ActionDefinition:
    """Return the definition in a `.json` or `.toml` file; `keep_name`: with what an export added to the name.

    Raises `InvalidDefinitionError` listing every fault of form and of the contract's schemas, and for a
    function action.
    """
    file = InputFile(path, InvalidDefinitionError, _SEE_THE_FORM)
    body = file.toml() if path.suffix.lower() == ".toml" else file.json()
    return definition_from(body, str(path), keep_name=keep_name)


def _ignored(source: JsonObject) -> tuple[str, ...]:
    contract = optional_object(source, "contract")
    sent = {"input": "inputSchema", "output": "successSchema"}
    inside = (
        f"contract.{side}.{key}"
        for side, schema in sent.items()
        for key in optional_object(contract, side)
        if key != schema
    )
    return (*sorted(set(source) - KNOWN_KEYS), *inside)


def definition_from(body: object, where: str, *, keep_name: bool = False) -> ActionDefinition:
    """Return the definition in a parsed file; `where` names it in errors."""
    if isinstance(body, dict) and describes_function(body):
        raise function_refusal(f"{where} describes")
    faults = faults_of_form(body)
    if faults or not isinstance(body, dict):
        raise InvalidDefinitionError(
            f"{where} is not an action definition: {plural(len(faults), 'fault')}.",
            hint="Nothing was sent. Correct the file; diag export ACTION shows the form.",
            details=tuple(faults),
        )
    source: JsonObject = body
    config = optional_object(source, "config")
    name = (optional_text(source, "name") or "").strip()
    return ActionDefinition(
        name=name if keep_name else without_export_mark(name),
        name_in_file=name,
        request=optional_object(config, "request"),
        response=optional_object(config, "response"),
        contract=optional_object(source, "contract"),
        secure=source.get("secure") is True,
        integration=optional_text(source, "integration"),
        integration_type=optional_text(source, "integrationType"),
        category=optional_text(source, "category"),
        timeout_s=optional_int(config, "timeoutSeconds"),
        ignored=_ignored(source),
    )
