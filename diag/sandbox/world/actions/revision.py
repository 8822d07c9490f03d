"""An action as the org holds it, and as the API shows it."""

from dataclasses import dataclass
from typing import Final

from diag.sandbox.reply_bodies import JsonObject, not_found
from diag.sandbox.world.actions.action_config import SandboxActionConfig
from diag.sandbox.world.actions.action_spec import Kind
from diag.sandbox.world.actions.flatten import array_properties, flat_schema

ACTIONS_URI: Final = "/api/v2/integrations/actions"
DEFAULT_FUNCTION_TIMEOUT_S: Final = 15
SCHEMAS: Final = {"input": ("inputSchema",), "output": ("successSchema", "errorSchema")}
"""The parts of a contract and the schemas in each."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of an action or of a draft. Never changed, only replaced by the next one."""

    name: str
    category: str
    version: int
    secure: bool
    config: SandboxActionConfig
    contract: JsonObject
    function: JsonObject | None = None
    """Only of function actions: name, handler, runtime, zipId, timeoutSeconds."""

    @property
    def input_schema(self) -> JsonObject:
        """The contract's input schema; empty when there is none."""
        holder = self.contract.get("input")
        schema = holder.get("inputSchema") if isinstance(holder, dict) else None
        return schema if isinstance(schema, dict) else {}

    @property
    def function_timeout_s(self) -> int | None:
        """The function's own limit in force, None for other actions."""
        if self.function is None:
            return None
        own = self.function.get("timeoutSeconds")
        return own if isinstance(own, int) else DEFAULT_FUNCTION_TIMEOUT_S


@dataclass(slots=True)
class ActionEntry:
    """An action: its published revision (None while there is only a draft), and the draft if there is one."""

    id: str
    integration_id: str
    kind: Kind
    published: Revision | None
    draft: Revision | None = None
    last_draft_version: int = 0
    """Of the drafts there were: a new one goes on from there, so that no stale writer of an old one fits."""

    def to_wire(
        self, *, draft: bool = False, config: bool = False, contract: bool = False, flatten: bool = False
    ) -> JsonObject:
        """As the API shows it; without `config` and `contract` unless asked for."""
        revision = self.revision(draft=draft)
        uri = f"{ACTIONS_URI}/{self.id}" + ("/draft" if draft else "")
        wire: JsonObject = {
            "id": self.id,
            "name": revision.name,
            "integrationId": self.integration_id,
            "category": revision.category,
            "version": revision.version,
            "secure": revision.secure,
            "selfUri": uri,
        }
        if config:
            wire["config"] = revision.config.to_wire(uri)
        if contract:
            wire["contract"] = contract_to_wire(revision.contract, uri, flatten=flatten)
        return wire

    def revision(self, *, draft: bool = False) -> Revision:
        """The published revision or the draft. Raises ErrorReply 404 when there is none."""
        revision = self.draft if draft else self.published
        if revision is None:
            raise not_found(f"{'Draft of action' if draft else 'Action'} {self.id}")
        return revision


def _flat(key: str, schema: JsonObject) -> JsonObject:
    """A schema in the flat form: of an output the platform's models have it in an object with its arrays."""
    flat = flat_schema(schema)
    return flat if key == "inputSchema" else {"schema": flat, "arrayProperties": [*array_properties(flat)]}


def contract_to_wire(contract: JsonObject, uri: str, *, flatten: bool) -> JsonObject:
    """A contract as GET shows it: every schema plain or flat, and its address."""
    wire: JsonObject = {}
    for part, schemas in SCHEMAS.items():
        holder = contract.get(part)
        shown: JsonObject = {}
        for key in schemas:
            schema = holder.get(key) if isinstance(holder, dict) else None
            if isinstance(schema, dict):
                shown[f"{key}Flattened" if flatten else key] = _flat(key, schema) if flatten else schema
                shown[f"{key}Uri"] = f"{uri}/schemas/{key.lower()}.json"
        wire[part] = shown
    return wire
