"""A data action, typed: its kind, its timeout, whether it can be changed. Unknown fields are ignored, except
inside its config.

An action's config is kept as it came (`request`, `response`, `other`): whether the platform merges or
replaces on PATCH is unknown, so everything read must be sent back.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

from analysis.format.timeout_limits import DEFAULT_TIMEOUT_S
from diag.genesys.api_errors import UnexpectedReplyError
from diag.genesys.replies.json_reply import (
    JsonObject,
    as_object,
    optional_int,
    optional_object,
    optional_text,
    text,
)
from diag.genesys.replies.whole_action import damaged_part

ActionKind = Literal["custom", "static", "custom_auth", "function"]

FUNCTION_INTEGRATION: Final = "function-data-actions"

_NOT_CONFIGURABLE: Final[dict[ActionKind, str]] = {
    "static": "built into Genesys Cloud: it cannot be changed through the API",
    "custom_auth": "a custom authentication action: timeoutSeconds is invalid for it",
}


@dataclass(frozen=True, slots=True)
class ActionConfig:
    """`timeout_seconds` is None when unset. `request`, `response`, `other`: as they came, in API names.

    They never show in `repr`: people write tokens into headers.
    """

    timeout_seconds: int | None
    request: JsonObject = field(repr=False)
    response: JsonObject = field(repr=False)
    other: JsonObject = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, source: JsonObject) -> "ActionConfig":
        """Read the `config` of an action."""
        known = {"timeoutSeconds", "request", "response"}
        return cls(
            timeout_seconds=optional_int(source, "timeoutSeconds") or None,
            request=optional_object(source, "request"),
            response=optional_object(source, "response"),
            other={key: value for key, value in source.items() if key not in known},
        )

    @property
    def timeout_s(self) -> int:
        """Return the timeout in force, seconds: its own, or the platform's default of 60."""
        return DEFAULT_TIMEOUT_S if self.timeout_seconds is None else self.timeout_seconds


@dataclass(frozen=True, slots=True)
class Action:
    """One data action, published or draft. `config` is None when it was not asked for, or not sent.

    `integration_type` is only known once the integrations were read.
    `correlation_id`: of the reply it was read from, for the journal; None for a listed one.
    `damaged_part`: what the reply lacked, or had in another form than the platform sends, by its API path.
    """

    id: str
    name: str
    integration_id: str | None
    category: str | None
    version: int | None
    secure: bool
    config: ActionConfig | None = None
    contract: JsonObject | None = None
    integration_type: str | None = None
    correlation_id: str | None = field(default=None, compare=False)
    damaged_part: str | None = None

    @classmethod
    def from_json(cls, source: JsonObject, where: str, correlation_id: str | None = None) -> "Action":
        """Read an action; `where` names the request in errors. Only the id must be there."""
        config = source.get("config")
        contract = source.get("contract")
        action_id = text(source, "id", where)
        return cls(
            id=action_id,
            name=optional_text(source, "name") or action_id,
            integration_id=optional_text(source, "integrationId"),
            category=optional_text(source, "category"),
            version=optional_int(source, "version"),
            secure=source.get("secure") is True,
            config=ActionConfig.from_json(as_object(config, where)) if config is not None else None,
            contract=as_object(contract, where) if contract is not None else None,
            correlation_id=correlation_id,
            damaged_part=damaged_part(source),
        )

    @property
    def kind(self) -> ActionKind:
        """Return what sort of action it is.

        By id prefix for the two that cannot be changed (the Terraform provider's own test); a function
        by its integration's type where that is known, by its category otherwise.
        """
        if self.id.startswith("static"):
            return "static"
        if self.id.startswith("customAuth"):
            return "custom_auth"
        if self.integration_type is not None:
            return "function" if self.integration_type == FUNCTION_INTEGRATION else "custom"
        return "function" if "function data action" in (self.category or "").lower() else "custom"

    @property
    def timeout_is_set(self) -> bool | None:
        """Return whether the action has a timeout of its own; None when its config did not arrive."""
        return None if self.config is None else self.config.timeout_seconds is not None

    @property
    def timeout_s(self) -> int | None:
        """Return the timeout in force, seconds: its own, or the platform's default of 60 when unset.

        None when its config did not arrive, and for custom authentication, which has none.
        """
        return None if self.config is None or self.kind == "custom_auth" else self.config.timeout_s

    @property
    def configurable(self) -> bool:
        """Return whether the timeout can be changed."""
        return self.not_configurable_reason is None

    @property
    def not_configurable_reason(self) -> str | None:
        """Return why the timeout cannot be changed, or None when it can."""
        return _NOT_CONFIGURABLE.get(self.kind)

    @property
    def request_type(self) -> str | None:
        """Return the HTTP method of the action's own request (GET, POST, ...), if the config tells."""
        return optional_text(self.config.request, "requestType") if self.config else None

    @property
    def missing_part(self) -> str | None:
        """Return the first part an action must have to be written back, by its API path; None: it is whole.

        Every action that can be changed has an address, a method and a version (SDK, Action and
        RequestConfig), a function too: its address is read-only, but there. A reply without them was cut
        short on the way, or by an org that does not know `includeConfig`. The templates that the config
        promises by their URIs come by other replies: `diag.genesys.actions.read_full`.
        """
        if self.damaged_part is not None:
            return self.damaged_part
        if self.config is None:
            return "config"
        if not self.config.request:
            return "config.request"
        for key in ("requestType", "requestUrlTemplate"):
            if not optional_text(self.config.request, key):
                return f"config.request.{key}"
        return "version" if self.version is None else None

    def require_whole(self) -> ActionConfig:
        """Return the config, for writing it back. Raises `UnexpectedReplyError` where a part is missing.

        Sent back without it, that part could be erased; without a version someone else's change
        could be overwritten.
        """
        missing = self.missing_part
        if self.config is None or missing is not None:
            raise UnexpectedReplyError(
                f"The action {self.name!r} arrived without {missing}. Half an action is neither changed, "
                "which could erase the rest, nor exported.",
                hint="Does a proxy in between cut replies short, or does the org not know includeConfig? "
                "Compare with the admin UI, and change it there.",
                details=(f"action {self.id}",),
                correlation_id=self.correlation_id,
            )
        return self.config
