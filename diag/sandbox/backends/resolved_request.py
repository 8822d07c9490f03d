"""The request as the platform resolved it, which the operations of a test call show.

Small on purpose, and without a line of the client's: `${input.x}`, `$!{input.x}`, `${input.rawRequest}` and
the same of `credentials` and `authResponse`. A template that holds anything else is not shown. Secrets never
are: where one stands in a header, the whole value is masked.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from diag.sandbox.backends.backend_address import address_to_wire
from diag.sandbox.backends.backend_spec import BackendSpec
from diag.sandbox.reply_bodies import JsonObject, JsonValue

MASK: Final = "***"
_REFERENCE: Final = re.compile(r"\$(!?)\{(input|credentials|authResponse)\.(\w+)\}")
_VELOCITY: Final = re.compile(r"[$#]")
_RAW: Final = "rawRequest"


@dataclass(frozen=True, slots=True)
class _Reference:
    quiet: bool
    root: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Values:
    """What templates may refer to: inputs by name, and the names of the integration's credentials."""

    inputs: JsonObject
    credentials: Collection[str] = ()


def resolved_request(
    request: JsonObject, template: str | None, spec: BackendSpec, values: Values, base_url: str
) -> JsonObject | None:
    """Return url, method, headers and body as far as they can be resolved here; None without a url.

    `request`: the action's `config.request`, `template` its request template. A GET has no body.
    """
    url = resolved(address_to_wire(str(request.get("requestUrlTemplate", "")), base_url), values)
    if url is None:
        return None
    method = str(request.get("requestType", "GET"))
    shown: JsonObject = {"url": url, "method": method}
    headers = _headers(request.get("headers"), spec, values)
    if headers is not None:
        shown["headers"] = {**headers}
    body = None if method == "GET" or template is None else resolved(template, values)
    if body is not None:
        shown["body"] = body
    return shown


def resolved(template: str, values: Values) -> str | None:
    """Return the text a template makes; None where that takes more than is understood here."""
    pieces = _pieces(template)
    if pieces is None:
        return None
    if len(pieces) == 1:  # nothing is referred to, as in most headers
        return template
    texts = [piece if isinstance(piece, str) else _text(piece, values) for piece in pieces]
    return None if None in texts else "".join(text for text in texts if text is not None)


def _headers(headers: JsonValue, spec: BackendSpec, values: Values) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for name, template in (headers if isinstance(headers, dict) else {}).items():
        text = resolved(str(template), values)
        if text is None:
            return None
        found[name] = MASK if MASK in text else text
    if spec.wants == "basic":
        found["Authorization"] = MASK  # the platform adds it of the integration's credentials
    return found


@lru_cache(maxsize=4096)
def _pieces(template: str) -> tuple[str | _Reference, ...] | None:
    pieces: list[str | _Reference] = []
    end = 0
    for found in _REFERENCE.finditer(template):
        pieces += [template[end : found.start()], _Reference(bool(found[1]), found[2], found[3], found[0])]
        end = found.end()
    pieces.append(template[end:])
    plain = (piece for piece in pieces if isinstance(piece, str))
    return None if any(_VELOCITY.search(text) for text in plain) else tuple(pieces)


def _text(reference: _Reference, values: Values) -> str | None:
    if reference.root == "authResponse":
        return MASK
    if reference.root == "credentials":
        value: JsonValue = MASK if reference.name in values.credentials else None
    elif reference.name == _RAW:
        return json.dumps(values.inputs, ensure_ascii=False, separators=(",", ":"))
    else:
        value = values.inputs.get(reference.name)
    match value:
        case None:
            return "" if reference.quiet else reference.text
        case bool():
            return "true" if value else "false"
        case str() | int():
            return str(value)
        case _:
            return None  # how the platform writes a fraction, a list or an object is unknown
