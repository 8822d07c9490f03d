"""What routes read from a request: its body, JSON of bounded size, and its query."""

import json
import math
import re
from typing import Final

from starlette.requests import Request

from diag.sandbox.reply_bodies import ErrorReply, JsonObject, JsonValue, bad_request

_WHOLE: Final = re.compile(r"-?[0-9]{1,18}")


def correlation_id(request: Request) -> str:
    """The id that this request's reply carries."""
    id_: str = request.scope["correlation_id"]
    return id_


def arrived_s(request: Request) -> float:
    """When the request reached the sandbox: `monotonic_s` of its clock."""
    arrived: float = request.scope["arrived_s"]
    return arrived


async def read_body(request: Request, limit_bytes: int) -> bytes:
    """The whole body. Raises ErrorReply 413 as soon as it is known to be too long."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit_bytes:
        raise _too_long(limit_bytes)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            raise _too_long(limit_bytes)
    return bytes(body)


def _too_long(limit_bytes: int) -> ErrorReply:
    return ErrorReply(413, "request.entity.too.large", f"The request body exceeds {limit_bytes} bytes.")


async def json_object(request: Request, limit_bytes: int, *, optional: bool = False) -> JsonObject:
    """The body as a JSON object; `{}` for no body when `optional`. Raises ErrorReply 400, 413, 415."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    body = await read_body(request, limit_bytes)
    if optional and not body.strip():
        return {}
    if kind != "application/json":
        raise ErrorReply(415, "unsupported.media.type", f"Content-Type {kind!r} is not supported.")
    value = json_value(body)
    if not isinstance(value, dict):
        raise bad_request("The request body must be a JSON object.")
    if _deeper_than(value, 50):
        raise bad_request("The request body is nested deeper than 50 levels.")
    return value


def json_value(body: bytes) -> JsonValue:
    """Whatever JSON a body holds. Raises ErrorReply 400."""
    try:
        value: JsonValue = json.loads(body.decode("utf-8"), parse_constant=_no_constant, parse_float=_finite)
        if b"\\u" in body:
            json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except UnicodeError as error:
        raise bad_request("The request body is not UTF-8 text.") from error
    except RecursionError as error:
        raise bad_request("The request body is nested too deeply.") from error
    except ValueError as error:
        raise bad_request(f"The request body is not JSON: {error}") from error
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not allowed")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("a number is too large")
    return value


def _deeper_than(value: object, levels: int) -> bool:
    """Whether objects and lists are nested deeper than the platform's 50 levels (HELP-141921)."""
    if isinstance(value, dict):
        return levels == 0 or any(_deeper_than(item, levels - 1) for item in value.values())
    if isinstance(value, list):
        return levels == 0 or any(_deeper_than(item, levels - 1) for item in value)
    return False


def integer(request: Request, name: str, default: int, *, low: int, high: int) -> int:
    """A whole number from the query. Raises ErrorReply 400."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not _WHOLE.fullmatch(text):
        raise bad_request(f"{name} must be a whole number.")
    value = int(text)
    if not low <= value <= high:
        raise bad_request(f"{name} must be from {low} to {high}.")
    return value


def flag(request: Request, name: str, default: bool = False) -> bool:
    """true or false from the query. Raises ErrorReply 400."""
    if not request.scope["query_string"]:
        return default
    text = request.query_params.get(name)
    if text is None:
        return default
    if text.lower() not in ("true", "false"):
        raise bad_request(f"{name} must be true or false.")
    return text.lower() == "true"


def shown_parts(request: Request) -> tuple[bool, bool, bool]:
    """Whether to show an action with config, with contract, and flattened. Raises ErrorReply 400."""
    expand = request.query_params.get("expand", "")
    if expand not in ("", "contract"):
        raise bad_request("expand must be contract.")
    return flag(request, "includeConfig"), expand == "contract", flag(request, "flatten")
