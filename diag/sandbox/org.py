"""What the org holds: integrations, actions, drafts. Every rule of writing them is here."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from diag.sandbox.config import ActionConfig, config_from_wire
from diag.sandbox.replies import JsonObject, JsonValue, PlatformError, bad_request, not_found
from diag.sandbox.scenario import ActionSpec, IntegrationSpec, Kind, Scenario
from diag.sandbox.switches import Switches

_NAMESPACE: Final = uuid.UUID("5b1ff3a5-63a5-4a5c-8a53-0d2f0e2b3c10")
ACTIONS_URI: Final = "/api/v2/integrations/actions"


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of an action or of a draft. Never changed, only replaced by the next one."""

    name: str
    category: str
    version: int
    secure: bool
    config: ActionConfig
    contract: JsonObject


@dataclass(slots=True)
class ActionEntry:
    """An action: its published revision (None while there is only a draft), and the draft if there is one."""

    id: str
    integration_id: str
    kind: Kind
    published: Revision | None
    draft: Revision | None = None

    def to_wire(self, *, draft: bool = False, config: bool = False, contract: bool = False) -> JsonObject:
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
            wire["contract"] = revision.contract
        return wire

    def revision(self, *, draft: bool = False) -> Revision:
        """The published revision or the draft. Raises PlatformError 404 when there is none."""
        revision = self.draft if draft else self.published
        if revision is None:
            raise not_found(f"{'Draft of action' if draft else 'Action'} {self.id}")
        return revision


class Org:
    """All actions by id, in the order they were made."""

    def __init__(self, scenario: Scenario, switches: Callable[[], Switches]) -> None:
        self.id = _stable_id("org", scenario.name)
        self.name = f"Sandbox ({scenario.name})"
        self._switches = switches
        self.integrations = {_stable_id("integration", spec.name): spec for spec in scenario.integrations}
        ids = {spec.name: id_ for id_, spec in self.integrations.items()}
        self.specs: dict[str, ActionSpec] = {}
        self._entries: dict[str, ActionEntry] = {}
        for spec in scenario.actions:
            entry = _entry(spec, ids[spec.integration])
            self._entries[entry.id] = entry
            self.specs[entry.id] = spec

    def entries(self) -> Iterator[ActionEntry]:
        """Every action, drafts without a published action included."""
        return iter(self._entries.values())

    def entry(self, action_id: str) -> ActionEntry:
        """One action. Raises PlatformError 404."""
        entry = self._entries.get(action_id)
        if entry is None:
            raise not_found(f"Action {action_id}")
        return entry

    def update(self, action_id: str, body: JsonObject, *, draft: bool = False) -> ActionEntry:
        """PATCH of an action or its draft (UpdateActionInput, UpdateDraftInput). Raises PlatformError."""
        entry = self.entry(action_id)
        present = entry.revision(draft=draft)
        _writable(entry, "updated")
        self._check_version(body, present.version)
        config = present.config
        if body.get("config") is not None:
            keep = self._switches().patch_config == "merge"
            config = config_from_wire(body["config"], config if keep else ActionConfig())
        changed = replace(
            present,
            name=_text(body, "name", present.name),
            category=_text(body, "category", present.category),
            version=present.version + 1,
            config=config,
        )
        if draft:
            changed = replace(
                changed,
                secure=_flag(body, "secure", present.secure),
                contract=_contract(body.get("contract"), present.contract),
            )
            entry.draft = changed
        else:
            entry.published = changed
        return entry

    def touch(self, action_id: str) -> None:
        """Somebody else saves the action unchanged: only its version grows."""
        entry = self.entry(action_id)
        published = entry.revision()
        entry.published = replace(published, version=published.version + 1)

    def create(self, body: JsonObject, *, draft: bool) -> ActionEntry:
        """A new action, published or as a draft (PostActionInput). Raises PlatformError."""
        integration_id = body.get("integrationId")
        if not isinstance(integration_id, str) or integration_id not in self.integrations:
            raise bad_request("integrationId must be the id of an integration.")
        function = self.integrations[integration_id].type == "function-data-actions"
        if function and not draft:
            raise bad_request("Actions of a function integration are created as drafts.")
        revision = Revision(
            name=_text(body, "name", ""),
            category=_text(body, "category", ""),
            version=1,
            secure=_flag(body, "secure", False),
            config=config_from_wire(body.get("config") or {}),
            contract=_contract(body.get("contract"), {}),
        )
        entry = ActionEntry(
            id=f"custom_-_{uuid.uuid4()}",
            integration_id=integration_id,
            kind="function" if function else "custom",
            published=None if draft else revision,
            draft=revision if draft else None,
        )
        self._entries[entry.id] = entry
        return entry

    def delete(self, action_id: str) -> None:
        """Removes an action and its draft. Raises PlatformError."""
        entry = self.entry(action_id)
        entry.revision()
        _writable(entry, "deleted")
        del self._entries[action_id]

    def create_draft(self, action_id: str) -> ActionEntry:
        """A draft that starts as the published action is now. A second one is refused with 409."""
        entry = self.entry(action_id)
        published = entry.revision()
        _writable(entry, "drafted")
        if entry.draft is not None:
            raise PlatformError(409, "conflict", f"Action {action_id} already has a draft.")
        entry.draft = replace(published, version=1)
        return entry

    def delete_draft(self, action_id: str) -> None:
        """Drops the draft; an action that was never published goes with it."""
        entry = self.entry(action_id)
        entry.revision(draft=True)
        entry.draft = None
        if entry.published is None:
            del self._entries[action_id]

    def publish(self, action_id: str, body: JsonObject) -> ActionEntry:
        """The draft becomes the published action, under the action's next version. Raises PlatformError."""
        entry = self.entry(action_id)
        draft = entry.revision(draft=True)
        self._check_version(body, draft.version)
        before = 0 if entry.published is None else entry.published.version
        entry.published = replace(draft, version=before + 1)
        entry.draft = None
        return entry

    def _check_version(self, body: JsonObject, present: int) -> None:
        sent = body.get("version")
        if isinstance(sent, bool) or not isinstance(sent, int):
            raise bad_request("version must be the action's current version, a whole number.")
        if sent == present:
            return
        if self._switches().stale_form == "400":
            raise bad_request(f"Version {sent} does not match the current version {present}.")
        raise PlatformError(
            409, "version.conflict", f"Version {sent} does not match the current version {present}."
        )


def _entry(spec: ActionSpec, integration_id: str) -> ActionEntry:
    unique = _stable_id("action", f"{spec.integration}/{spec.name}")
    id_ = {
        "static": f"static_{unique}",
        "custom_auth": f"customAuth_-_{integration_id}",
    }.get(spec.kind, f"custom_-_{unique}")
    slug = spec.name.lower().replace(" ", "-")
    names = spec.input_schema.get("properties")
    inputs = list(names) if isinstance(names, dict) else []
    in_body = spec.request_type != "GET"
    query = "" if in_body else "&".join(f"{name}=${{input.{name}}}" for name in inputs)
    url = f"https://backend.example/{slug}" + (f"?{query}" if query else "")
    fields = ", ".join(f'"{name}": "${{input.{name}}}"' for name in inputs)
    config = ActionConfig(
        timeout_s=spec.timeout_s,
        request={
            "requestUrlTemplate": url,
            "requestType": spec.request_type,
            "headers": {"Content-Type": "application/json", "UserAgent": "PureCloudIntegrations/1.0"},
        },
        request_template=f"{{{fields}}}" if in_body else "${input.rawRequest}",
        response={"translationMap": {"result": "$.result"}, "translationMapDefaults": {"result": "{}"}},
        success_template='{"result": ${result}}',
    )
    output: JsonObject = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "properties": {name: {} for name in spec.result},
        "additionalProperties": True,
    }
    contract: JsonObject = {
        "input": {"inputSchema": spec.input_schema},
        "output": {"successSchema": output},
    }
    revision = Revision(spec.name, spec.category, 1, spec.secure, config, contract)
    return ActionEntry(id_, integration_id, spec.kind, revision)


def _stable_id(what: str, name: str) -> str:
    """The same id in every run, so that a person's notes and scripts stay valid."""
    return str(uuid.uuid5(_NAMESPACE, f"{what}:{name}"))


def _writable(entry: ActionEntry, verb: str) -> None:
    if entry.kind == "static":
        raise bad_request(f"Action {entry.id} is static: it cannot be {verb}.")
    if entry.kind == "custom_auth":
        raise bad_request(f"Action {entry.id} is a custom authentication action: it cannot be {verb}.")


def _text(body: JsonObject, key: str, present: str) -> str:
    value = body.get(key)
    if value is None:
        value = present
    if not isinstance(value, str) or not value.strip():
        raise bad_request(f"{key} must be text, and not empty.")
    return value


def _flag(body: JsonObject, key: str, present: bool) -> bool:
    value = body.get(key, present)
    if not isinstance(value, bool):
        raise bad_request(f"{key} must be true or false.")
    return value


def _contract(value: JsonValue, present: JsonObject) -> JsonObject:
    if value is None:
        return present
    if not isinstance(value, dict):
        raise bad_request("contract must be an object.")
    for part, schemas in (("input", ("inputSchema",)), ("output", ("successSchema", "errorSchema"))):
        holder = value.get(part, {})
        if not isinstance(holder, dict):
            raise bad_request(f"contract.{part} must be an object.")
        for schema in schemas:
            if not isinstance(holder.get(schema, {}), dict):
                raise bad_request(f"contract.{part}.{schema} must be an object.")
    return value


def integrations_to_wire(integrations: Iterable[tuple[str, IntegrationSpec]]) -> list[JsonObject]:
    """Integrations as GET /api/v2/integrations lists them."""
    return [
        {
            "id": id_,
            "name": spec.name,
            "integrationType": {"id": spec.type, "selfUri": f"/api/v2/integrations/types/{spec.type}"},
            "intendedState": "ENABLED",
            "reportedState": {"code": "ACTIVE"},
            "selfUri": f"/api/v2/integrations/{id_}",
        }
        for id_, spec in integrations
    ]
