"""What the org holds: integrations, actions, drafts. Every rule of writing them is here."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from diag.sandbox.backends.backend_address import backend_name
from diag.sandbox.reply_bodies import ErrorReply, JsonObject, JsonValue, bad_request, not_found
from diag.sandbox.world.actions.action_config import SandboxActionConfig, config_from_wire
from diag.sandbox.world.actions.action_spec import ActionSpec
from diag.sandbox.world.actions.contract import schema_problem
from diag.sandbox.world.actions.revision import SCHEMAS, ActionEntry, Revision
from diag.sandbox.world.build_org import flows_of, new_function, published_entry, stable_id
from diag.sandbox.world.scenario import Scenario
from diag.sandbox.world.switches import Switches


class SandboxOrg:
    """All actions by id, in the order they were made."""

    def __init__(self, scenario: Scenario, switches: Callable[[], Switches]) -> None:
        self.id = stable_id("org", scenario.name)
        self.name = f"Sandbox ({scenario.name})"
        self._switches = switches
        self.integrations = {stable_id("integration", spec.name): spec for spec in scenario.integrations}
        ids = {spec.name: id_ for id_, spec in self.integrations.items()}
        self.specs: dict[str, ActionSpec] = {}
        self.backends: dict[str, str] = {}
        """Name of a backend -> id of its action. A backend outlives its action."""
        self.flows = flows_of(scenario)
        self.changes = 0
        """Grows with every write, so that a saved state can be distinguished from the present one."""
        self._entries: dict[str, ActionEntry] = {}
        for spec in scenario.actions:
            backend = backend_name(spec.backend.path or spec.name, self.backends)
            entry = published_entry(spec, ids[spec.integration], backend)
            self._entries[entry.id] = entry
            self.backends[backend] = entry.id
            self.specs[entry.id] = spec

    def credentials_of(self, integration: str) -> Mapping[str, str]:
        """The credentials that the integration of this name holds, by their names."""
        return self.integrations[stable_id("integration", integration)].credentials

    def entries(self) -> Iterator[ActionEntry]:
        """Every action, drafts without a published action included."""
        return iter(self._entries.values())

    def replace_all(self, entries: Iterable[ActionEntry]) -> None:
        """Forgets every action and takes these instead (a saved state)."""
        self._entries = {entry.id: entry for entry in entries}

    def entry(self, action_id: str) -> ActionEntry:
        """One action. Raises ErrorReply 404."""
        entry = self._entries.get(action_id)
        if entry is None:
            raise not_found(f"Action {action_id}")
        return entry

    def update(self, action_id: str, body: JsonObject, *, draft: bool = False) -> ActionEntry:
        """PATCH of an action or its draft (UpdateActionInput, UpdateDraftInput). Raises ErrorReply."""
        entry = self.entry(action_id)
        present = entry.revision(draft=draft)
        _writable(entry, "updated")
        self._check_version(body, present.version)
        config = present.config
        if body.get("config") is not None:
            under = config if self._switches().patch_config == "merge" else SandboxActionConfig()
            config = config_from_wire(
                body["config"], replace(under, timeout_s=self._kept_timeout(present, body))
            )
            if present.function is not None and "requestUrlTemplate" in present.config.request:
                url = present.config.request["requestUrlTemplate"]  # read-only for functions (SDK)
                config = replace(config, request={**config.request, "requestUrlTemplate": url})
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
        self.changes += 1
        return entry

    def save_unchanged(self, action_id: str) -> None:
        """Someone else saves the action unchanged: only its version grows."""
        entry = self.entry(action_id)
        published = entry.revision()
        entry.published = replace(published, version=published.version + 1)
        self.changes += 1

    def create(self, body: JsonObject, *, draft: bool) -> ActionEntry:
        """A new action, published or as a draft (PostActionInput). Raises ErrorReply."""
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
            function=new_function(None) if function else None,
        )
        entry = ActionEntry(
            id=f"custom_-_{uuid.uuid4()}",
            integration_id=integration_id,
            kind="function" if function else "custom",
            published=None if draft else revision,
            draft=revision if draft else None,
        )
        self._entries[entry.id] = entry
        self.changes += 1
        return entry

    def delete(self, action_id: str) -> None:
        """Removes an action and its draft. Raises ErrorReply."""
        entry = self.entry(action_id)
        entry.revision()
        _writable(entry, "deleted")
        del self._entries[action_id]
        self.changes += 1

    def create_draft(self, action_id: str) -> ActionEntry:
        """A draft that starts as the published action is now. A second one is refused with 409."""
        entry = self.entry(action_id)
        published = entry.revision()
        _writable(entry, "drafted")
        if entry.draft is not None:
            raise ErrorReply(409, "conflict", f"Action {action_id} already has a draft.")
        entry.draft = replace(published, version=entry.last_draft_version + 1)
        self.changes += 1
        return entry

    def delete_draft(self, action_id: str) -> None:
        """Drops the draft; an action that was never published goes with it."""
        entry = self.entry(action_id)
        entry.last_draft_version = entry.revision(draft=True).version
        entry.draft = None
        if entry.published is None:
            del self._entries[action_id]
        self.changes += 1

    def publish(self, action_id: str, body: JsonObject) -> ActionEntry:
        """The draft becomes the published action, under the action's next version. Raises ErrorReply."""
        entry = self.entry(action_id)
        draft = entry.revision(draft=True)
        self._check_version(body, draft.version)
        for error in draft_errors(draft):
            raise error
        before = 0 if entry.published is None else entry.published.version
        entry.published = replace(draft, version=before + 1)
        entry.last_draft_version = draft.version
        entry.draft = None
        self.changes += 1
        return entry

    def function(self, action_id: str, *, draft: bool) -> JsonObject:
        """The function of a function action. Raises ErrorReply."""
        function = self.entry(action_id).revision(draft=draft).function
        if function is None:
            raise bad_request(f"Action {action_id} is not a function action.")
        return function

    def put_function(self, action_id: str, body: JsonObject) -> None:
        """Replaces the draft's function settings; the draft's version grows. Raises ErrorReply."""
        present = self.function(action_id, draft=True)
        timeout = body.get("timeoutSeconds")
        if timeout is not None and (
            isinstance(timeout, bool) or not isinstance(timeout, int) or not 1 <= timeout <= 15
        ):
            raise bad_request("timeoutSeconds must be a whole number from 1 to 15.")
        function: JsonObject = {"id": present["id"]}
        for key in ("name", "description", "handler", "runtime", "zipId"):
            value = body.get(key)
            if value is not None and not isinstance(value, str):
                raise bad_request(f"{key} must be text.")
            if value is not None:
                function[key] = value
        if timeout is not None:
            function["timeoutSeconds"] = timeout
        entry = self.entry(action_id)
        draft = entry.revision(draft=True)
        entry.draft = replace(draft, version=draft.version + 1, function=function)
        self.changes += 1

    def _kept_timeout(self, present: Revision, body: JsonObject) -> int | None:
        """Return what the timeout is after a PATCH that sets none."""
        config, clears = body["config"], self._switches().clear_timeout
        says_null = isinstance(config, dict) and "timeoutSeconds" in config
        cleared = clears == "omit" or (clears == "null" and says_null)
        return None if cleared else present.config.timeout_s

    def _check_version(self, body: JsonObject, present: int) -> None:
        sent = body.get("version")
        if isinstance(sent, bool) or not isinstance(sent, int):
            raise bad_request("version must be the action's current version, a whole number.")
        if sent == present:
            return
        stale = f"Version {sent} does not match the current version {present}."
        match self._switches().stale_form:
            case "400":
                raise bad_request(stale)
            case "408":
                raise ErrorReply(408, "client.timeout", "The request was not completed in time.")
            case "409":
                raise ErrorReply(409, "version.conflict", stale)


def draft_errors(draft: Revision) -> list[ErrorReply]:
    """What keeps a draft from being published."""
    errors = []
    if draft.function is None and not draft.config.complete:
        errors.append(bad_request("config.request needs a requestUrlTemplate and a requestTemplate."))
    problem = schema_problem(draft.input_schema)
    if problem is not None:
        errors.append(ErrorReply(400, "invalid.schema", problem))
    return errors


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
    for part, schemas in SCHEMAS.items():
        holder = value.get(part, {})
        if not isinstance(holder, dict):
            raise bad_request(f"contract.{part} must be an object.")
        for schema in schemas:
            if not isinstance(holder.get(schema, {}), dict):
                raise bad_request(f"contract.{part}.{schema} must be an object.")
    return value
