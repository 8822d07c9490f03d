"""Reading JSON replies: what is missing or of another type becomes a clear error, the rest is ignored."""

import re
from typing import Final, TypeAlias, cast

from analysis.format.json_within_limits import UnfitJsonError, parse_json
from diag.genesys.api_errors import UnexpectedReplyError

JsonObject: TypeAlias = dict[str, object]

MAX_NUMBER: Final = 2**53
"""Larger ones are not exact in JSON; no count, version or millisecond of the platform comes near."""

_MEDIA_TYPE: Final = re.compile(r"(text|application|image|multipart)/[a-z0-9.+-]{1,40}(?=\s*(?:;|$))")


def parse_object(
    body: bytes, where: str, *, content_type: str | None = None, keys_once: bool = False
) -> JsonObject:
    """Return the JSON object in `body`. Raises `UnexpectedReplyError` naming `where` it came from.

    Of a body that is not JSON the error names length and type, never a character: it may be a broken
    login reply with a token in it, or a proxy's page with that of a session.
    """
    try:
        value = parse_json(body, keys_once=keys_once)
    except UnfitJsonError:
        raise UnexpectedReplyError(
            f"The reply of {where} is not JSON ({_size_and_type(body, content_type)}).",
            hint="Is there a proxy or a captive portal in between? Is GENESYSCLOUD_API_BASE right?",
        ) from None
    return as_object(value, where)


def as_object(value: object, where: str) -> JsonObject:
    """Return `value` if it is a JSON object."""
    if not isinstance(value, dict):
        raise _unexpected(where, "an object", value)
    return cast(JsonObject, value)


def objects(value: object, where: str) -> list[JsonObject]:
    """Return `value` if it is a list of JSON objects."""
    if not isinstance(value, list):
        raise _unexpected(where, "a list", value)
    return [as_object(item, where) for item in value]


def text(source: JsonObject, key: str, where: str) -> str:
    """Return the text under `key`, which must be there."""
    value = source.get(key)
    if not isinstance(value, str):
        raise _unexpected(f"{where}.{key}", "a text", value)
    return value


def optional_text(source: JsonObject, key: str) -> str | None:
    """Return the text under `key`, or None when it is absent or something else."""
    value = source.get(key)
    return value if isinstance(value, str) else None


def optional_int(source: JsonObject, key: str) -> int | None:
    """Return the whole number under `key` (20.0 counts), or None when it is absent or something else."""
    number = optional_number(source, key)
    return int(number) if number is not None and number == int(number) else None


def optional_number(source: JsonObject, key: str) -> float | None:
    """Return the number under `key`, or None when it is absent, something else, infinite or NaN."""
    value = source.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= MAX_NUMBER else None


def optional_object(source: JsonObject, key: str) -> JsonObject:
    """Return the object under `key`, or an empty one."""
    value = source.get(key)
    return cast(JsonObject, value) if isinstance(value, dict) else {}


def _unexpected(where: str, wanted: str, value: object) -> UnexpectedReplyError:
    return UnexpectedReplyError(
        f"The reply of {where} is not of the expected form: {wanted} expected, got {type(value).__name__}.",
        hint="Is GENESYSCLOUD_API_BASE the address of a Genesys Cloud API?",
    )


def _size_and_type(body: bytes, content_type: str | None) -> str:
    if not body.strip():
        return "it is empty"
    known = _MEDIA_TYPE.match((content_type or "").strip().lower())
    return f"{len(body):,} bytes of {known.group() if known else 'unknown type'}"
