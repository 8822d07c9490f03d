"""The request that the operations of one test reply show, wherever in them it stands.

Labels of the steps are undocumented, and so is their form (docs/genesys-api.md): it is found by
what it holds, an object with an absolute URL under a name that means one.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from analysis.format.json_within_limits import UnfitJsonError, parse_json

_URL: Final = frozenset({"url", "requesturl", "resolvedurl", "uri", "requesturi", "address", "endpoint"})
_METHOD: Final = frozenset({"method", "requesttype", "requestmethod", "httpmethod", "verb"})
_HEADERS: Final = frozenset({"headers", "requestheaders", "resolvedheaders"})
_BODY: Final = frozenset({"body", "requestbody", "resolvedbody", "payload", "entity"})
_DEEPEST: Final = 12
_MOST_CHARACTERS: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """What a reply shows of the request, None for what it does not. Nothing of it shows in `repr`."""

    url: str = field(repr=False)
    method: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    body: str | None = field(default=None, repr=False)


def shown_request(operations: Sequence[Mapping[str, object]]) -> ShownRequest | None:
    """Return the request that a test reply's operations show; None where they show none.

    Of several the one that shows most; nothing is guessed to belong together that stands apart.
    """
    found = [request for each in _objects(list(operations), 0) if (request := _request(each)) is not None]
    return max(found, key=_parts, default=None)


def _parts(request: ShownRequest) -> int:
    return sum(part is not None for part in (request.method, request.headers, request.body))


def _objects(value: object, depth: int) -> Iterator[Mapping[str, object]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        parsed = _parsed(value)
        if parsed is not None:
            yield from _objects(parsed, depth + 1)
    elif isinstance(value, Mapping):
        yield value
        for each in value.values():
            yield from _objects(each, depth + 1)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _objects(each, depth + 1)


def _parsed(text: str) -> object | None:
    """Return the JSON inside a text; None where there is none."""
    if not text.lstrip().startswith(("{", "[")) or len(text) > _MOST_CHARACTERS:
        return None
    try:
        found: object = parse_json(text)
    except UnfitJsonError:
        return None
    return found


def _request(source: Mapping[str, object]) -> ShownRequest | None:
    url = _named(source, _URL)
    if not isinstance(url, str) or not url.strip().lower().startswith(("https://", "http://")):
        return None
    method, headers, body = (_named(source, names) for names in (_METHOD, _HEADERS, _BODY))
    return ShownRequest(
        url.strip(),
        method if isinstance(method, str) else None,
        _pairs(headers),
        body if body is None or isinstance(body, str) else json.dumps(body),
    )


def _named(source: Mapping[str, object], names: frozenset[str]) -> object | None:
    return next((value for key, value in source.items() if _plain(key) in names), None)


def _plain(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "")


def _pairs(headers: object) -> Mapping[str, str] | None:
    """Return headers from an object (a value may be a list), or from a list of names with values."""
    if isinstance(headers, Mapping):
        return {str(name): _joined(value) for name, value in headers.items()}
    if isinstance(headers, list) and all(isinstance(each, Mapping) and "name" in each for each in headers):
        return {str(each["name"]): _joined(each.get("value", "")) for each in headers}
    return None


def _joined(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
