"""An action's `config`: from the wire, to the wire, and what a PATCH makes of it."""

import re
from dataclasses import dataclass, field
from typing import Final

from diag.sandbox.reply_bodies import JsonObject, JsonValue, bad_request

REQUEST_TEMPLATE: Final = "requesttemplate.vm"
SUCCESS_TEMPLATE: Final = "successtemplate.vm"
DEFAULT_TIMEOUT_S: Final = 60
"""The platform's own, which the sandbox models: on purpose not what diag knows of it."""
_SLOW_ADDRESS: Final = re.compile(
    r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?/sandbox/slow/(\d{1,2}(?:\.\d{1,3})?)"
)
_REQUEST_TYPES: Final = ("GET", "PUT", "POST", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class SandboxActionConfig:
    """What is in force. A template that is None does not exist: its endpoint answers 404."""

    timeout_s: int | None = None
    request: JsonObject = field(default_factory=dict)
    """requestUrlTemplate, requestType, headers; without the template."""
    request_template: str | None = None
    response: JsonObject = field(default_factory=dict)
    """translationMap, translationMapDefaults; without the template."""
    success_template: str | None = None

    @property
    def effective_timeout_s(self) -> int:
        """The timeout the platform enforces: 60 s when none is set."""
        return DEFAULT_TIMEOUT_S if self.timeout_s is None else self.timeout_s

    @property
    def slow_address_s(self) -> float | None:
        """How long the backend takes by its address, `http://127.0.0.1/sandbox/slow/SECONDS`; else None.

        A sandbox calls no backend, so such an address is never asked: the time is read off it.
        """
        slow = _SLOW_ADDRESS.fullmatch(str(self.request.get("requestUrlTemplate", "")))
        return None if slow is None else float(slow.group(1))

    @property
    def complete(self) -> bool:
        """Whether there is enough to send a request: an address, and a template unless it is a GET."""
        has_url = bool(self.request.get("requestUrlTemplate"))
        return has_url and (self.request_template is not None or self.request.get("requestType") == "GET")

    def to_wire(self, self_uri: str) -> JsonObject:
        """As GET shows it: templates only as addresses, never as text."""
        request: JsonObject = dict(self.request)
        if self.request_template is not None:
            request["requestTemplateUri"] = f"{self_uri}/templates/{REQUEST_TEMPLATE}"
        response: JsonObject = dict(self.response)
        if self.success_template is not None:
            response["successTemplateUri"] = f"{self_uri}/templates/{SUCCESS_TEMPLATE}"
        wire: JsonObject = {"request": request, "response": response}
        if self.timeout_s is not None:
            wire["timeoutSeconds"] = self.timeout_s
        return wire

    def template(self, file_name: str) -> str | None:
        """The text of one of the two templates, None for any other file."""
        return {REQUEST_TEMPLATE: self.request_template, SUCCESS_TEMPLATE: self.success_template}.get(
            file_name
        )


def config_from_wire(
    wire: JsonValue, under: SandboxActionConfig = SandboxActionConfig()
) -> SandboxActionConfig:
    """A config as sent in a POST or PATCH; parts left out are taken from `under`.

    Raises ErrorReply 400 for a value of the wrong kind, or a timeout outside 1..60.
    """
    if not isinstance(wire, dict):
        raise bad_request("config must be an object.")
    timeout_s = under.timeout_s
    if wire.get("timeoutSeconds") is not None:
        timeout_s = _timeout(wire["timeoutSeconds"])
    request, request_template = _part(
        wire, "request", under.request, "requestTemplate", under.request_template
    )
    response, success_template = _part(
        wire, "response", under.response, "successTemplate", under.success_template
    )
    if request.get("requestType", "GET") not in _REQUEST_TYPES:
        raise bad_request(f"config.request.requestType must be one of {', '.join(_REQUEST_TYPES)}.")
    return SandboxActionConfig(timeout_s, request, request_template, response, success_template)


def _timeout(value: JsonValue) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 60:
        raise bad_request("config.timeoutSeconds must be a whole number from 1 to 60.")
    return value


def _part(
    wire: JsonObject, key: str, under: JsonObject, template_key: str, template_under: str | None
) -> tuple[JsonObject, str | None]:
    sent = wire.get(key)
    if sent is None:
        return under, template_under
    if not isinstance(sent, dict):
        raise bad_request(f"config.{key} must be an object.")
    part: JsonObject = {**under, **sent}
    part.pop(f"{template_key}Uri", None)
    template = part.pop(template_key, template_under)
    if template is not None and not isinstance(template, str):
        raise bad_request(f"config.{key}.{template_key} must be text.")
    for name in ("headers", "translationMap", "translationMapDefaults"):
        if not isinstance(part.get(name, {}), dict):
            raise bad_request(f"config.{key}.{name} must be an object.")
    for name in ("requestUrlTemplate", "requestType"):
        if not isinstance(part.get(name, ""), str):
            raise bad_request(f"config.{key}.{name} must be text.")
    return part, template
