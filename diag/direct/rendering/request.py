"""An action's request from its templates: method, URL, headers and body."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from diag.direct.direct_action import DirectAction, RenderedRequest, Secrets
from diag.direct.rendering.check_template import REQUEST_NAMES
from diag.direct.rendering.json_value import MAX_DEPTH
from diag.direct.rendering.refusals import InputNotRenderedError, RefusedConstruct
from diag.direct.rendering.template import Template, read_template
from diag.direct.rendering.tools.success_template_tool import json_text
from diag.direct.rendering.velocity.java_values import FailsOnPlatformError, UnknownMeaningError, Value

DEFAULT_BODY: Final = "${input.rawRequest}"
"""The request template of an action that has none of its own (help.mypurecloud.com/?p=138534)."""

_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_METHODS: Final = frozenset({"GET", "DELETE", *_WITH_BODY})
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")
_URL: Final = re.compile(r"(?i:https?)://(?:%[0-9A-Fa-f]{2}|[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=])+")
_MAY_BE_ABSOLUTE: Final = re.compile(r"\s*(?:[$#]|https?://)", re.I)
_LEFT_TO_THE_CLIENT: Final = frozenset(
    {"connection", "content-length", "host", "keep-alive", "trailer", "transfer-encoding", "upgrade"}
)


@dataclass(frozen=True, slots=True)
class RequestTemplates:
    """Everything of a request that was read once."""

    action_name: str
    method: str
    url: Template
    headers: tuple[tuple[str, Template], ...]
    body: Template | None
    credentials: frozenset[str]
    """Names `x` of every `${credentials.x}`."""
    auth_response: frozenset[str]
    """Names `x` of every `${authResponse.x}`."""
    wants_raw_request: bool
    """Whether a template may ask for the input as one JSON text."""

    def rendered(self, inputs: Mapping[str, object], secrets: Secrets) -> RenderedRequest:
        """Return the request of one input. Raises `InputNotRenderedError`, which holds no value."""
        if not _sound(inputs, 1):
            raise self._not_rendered("the input", f"no JSON, or nested deeper than {MAX_DEPTH} levels")
        for root, asked, given in (
            ("credentials", self.credentials, secrets.credentials),
            ("authResponse", self.auth_response, secrets.auth_response),
        ):
            if not asked <= given.keys():
                missing = min(asked - given.keys())
                raise self._not_rendered("the request", f"no value for {root}.{missing}")
        raw = {"rawRequest": json_text(dict(inputs))} if self.wants_raw_request else {}
        variables: dict[str, Value] = {
            "input": {**inputs, **raw},
            "credentials": dict(secrets.credentials),
            "authResponse": dict(secrets.auth_response),
        }
        url = self._text(self.url, variables).partition("#")[0]
        problem = _url_problem(url)
        if problem is not None:
            raise self._not_rendered(self.url.where, problem)
        headers = tuple((name, self._header(template, variables)) for name, template in self.headers)
        body = self._text(self.body, variables).encode() if self.body is not None else b""
        return RenderedRequest(self.method, url, headers, body)

    def _header(self, template: Template, variables: Mapping[str, Value]) -> str:
        value = self._text(template, variables)
        if _HEADER_VALUE.fullmatch(value) is None:
            raise self._not_rendered(template.where, "a line break, control character or letter beyond ASCII")
        return value

    def _text(self, template: Template, variables: Mapping[str, Value]) -> str:
        try:
            return template.text(variables)
        except UnknownMeaningError as error:
            what = f"{error}: what Genesys Cloud makes of it is not known"
        except FailsOnPlatformError as error:
            what = f"{error}, so the action would fail in Genesys Cloud too"
        raise self._not_rendered(template.where, what)

    def _not_rendered(self, where: str, what: str) -> InputNotRenderedError:
        return InputNotRenderedError(self.action_name, where, what)


def _url_problem(url: str) -> str | None:
    """Return why a rendered URL is not called, without any part of it; None: it may be."""
    if _URL.fullmatch(url) is None:
        return "the URL is not http(s)://…, or holds a space, line break or other character that no URL has"
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        return "the URL names no host, or no port"
    return "the URL holds a user name or password" if "@" in parts.netloc else None


def _sound(value: object, depth: int) -> bool:
    """Return whether a value is JSON that can be sent: finite numbers, whole letters, not too deep."""
    if depth > MAX_DEPTH:
        return False
    if isinstance(value, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in value) if not value.isascii() else True
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return abs(value) < 10**300
    if isinstance(value, list):
        return all(_sound(item, depth + 1) for item in value)
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _sound(key, 1) for key in value) and all(
            _sound(item, depth + 1) for item in value.values()
        )
    return value is None


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """An action's request as it was read: what is refused of it, and what is noteworthy."""

    templates: RequestTemplates
    refusals: tuple[RefusedConstruct, ...]
    warnings: tuple[str, ...]


def read_request(action: DirectAction) -> ReadRequest:
    """Return an action's request, read once, with everything in it that is refused."""
    refusals: list[RefusedConstruct] = []
    warnings: list[str] = []
    method = action.method.upper()
    if method not in _METHODS:
        refusals.append(RefusedConstruct("requestType", f"another method than {', '.join(sorted(_METHODS))}"))
    url = read_template("requestUrlTemplate", action.url_template, REQUEST_NAMES)
    if _MAY_BE_ABSOLUTE.match(action.url_template) is None:
        refusals.append(
            RefusedConstruct(url.where, "an address that is not absolute (http://… or https://…)")
        )
    headers = tuple(_headers(action.headers, refusals, warnings))
    body = _body(action, method, warnings)
    if body is not None and not any(name.lower() == "content-type" for name, _ in headers):
        warnings.append("no header sets Content-Type: application/json is sent, whatever Genesys Cloud sends")
        headers = (
            *headers,
            ("Content-Type", read_template('header "Content-Type"', "application/json", REQUEST_NAMES)),
        )
    every = (url, *(template for _, template in headers), *(() if body is None else (body,)))
    for template in every:
        refusals.extend(template.refusals)
        refusals.extend(_asked_by_calculation(template))
        warnings.extend(template.warnings)
    inputs = [template.fields_of("input") for template in every]
    templates = RequestTemplates(
        action_name=action.action_name,
        method=method,
        url=url,
        headers=headers,
        body=body,
        credentials=_names(every, "credentials"),
        auth_response=_names(every, "authResponse"),
        wants_raw_request=any(names is None or "rawRequest" in names for names in inputs),
    )
    return ReadRequest(templates, tuple(refusals), tuple(dict.fromkeys(warnings)))


def _names(templates: Iterable[Template], root: str) -> frozenset[str]:
    return frozenset(name for template in templates for name in template.fields_of(root) or ())


def _headers(
    headers: Mapping[str, str], refusals: list[RefusedConstruct], warnings: list[str]
) -> Iterator[tuple[str, Template]]:
    for name, source in headers.items():
        where = f"header {json.dumps(name)}"
        if _HEADER_NAME.fullmatch(name) is None:
            refusals.append(RefusedConstruct(where, "a name that HTTP does not allow"))
        elif name.lower() in _LEFT_TO_THE_CLIENT:
            warnings.append(f"{where} is left to the HTTP client")
        else:
            yield name, read_template(where, source, REQUEST_NAMES)


def _body(action: DirectAction, method: str, warnings: list[str]) -> Template | None:
    """Return the body's template. Only POST, PUT and PATCH have one (help.mypurecloud.com/?p=138534)."""
    source = action.request_template if (action.request_template or "").strip() else None
    if method in _WITH_BODY:
        return read_template("requestTemplate", source or DEFAULT_BODY, REQUEST_NAMES)
    if source is not None and source.strip() != DEFAULT_BODY:
        warnings.append(f"requestTemplate is not sent with {method}, as the Resource Center says of GET")
    return None


def _asked_by_calculation(template: Template) -> Iterator[RefusedConstruct]:
    for root in ("credentials", "authResponse"):
        if root in template.roots() and template.fields_of(root) is None:
            yield RefusedConstruct(template.where, f"${root} other than as ${{{root}.NAME}}")
