"""Input maps made from an action's input contract, for actions that the workload gives none.

Values never leave this file except as the request itself: labels are what is recorded.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from analysis.format.sample_schema import InputOrigin
from analysis.inline_toml import toml_key
from diag.workload.payload import Payload, json_bytes
from diag.workload.text_for_pattern import matching_text

EMPTY: Final = Payload("empty", b"{}", InputOrigin.NONE)


@dataclass(frozen=True, slots=True)
class NoInput:
    """Why no input can be made from a contract."""

    why: str


class _NoTextError(Exception):
    """Raised inside for an input whose pattern no text was found for; its text is the input's name."""

    def __init__(self, pattern: str, name: str = "") -> None:
        super().__init__(name)
        self.pattern = pattern


GENERATED: Final = 5
"""Distinct payloads made from a contract: some variety for caches, few enough to name."""

_FORMATS: Final[dict[str, str]] = {
    "date": "2026-01-15",
    "date-time": "2026-01-15T09:30:00Z",
    "time": "09:30:00Z",
    "email": "load.test@example.com",
    "uri": "https://example.com/load-test",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}
_DEPTH: Final = 8


def from_contract(
    contract: Mapping[str, Any] | None, seed: int | str, count: int | None = None
) -> tuple[Payload, ...] | NoInput:
    """Return payloads that follow the contract's input schema; always the same ones for the same seed.

    Without a usable schema: one empty input map. NoInput where a `pattern` is unusual (`text_for_pattern`): a
    call with an input that is refused would spend the org's budget and measure nothing.
    """
    schema = input_schema(contract or {})
    if not schema.get("properties"):
        return (EMPTY,)
    chance = random.Random(f"{seed}:payloads")
    made: dict[bytes, Payload] = {}
    origin = InputOrigin.CONTRACT if _is_closed(schema) else InputOrigin.INVENTED
    for _ in range(count or GENERATED):
        try:
            body = json_bytes(_value(schema, chance, _DEPTH))
        except _NoTextError as error:
            name = str(error)
            return NoInput(
                f"diag cannot invent a value for {name!r} ({error.pattern[:60]}): write a payload under this "
                f'action in the workload: payload = [{{ values = {{ {_path_key(name)} = "..." }} }}]'
            )
        made.setdefault(body, Payload(f"generated-{len(made) + 1}", body, origin))
    return tuple(made.values())


def input_schema(contract: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the input schema of a contract; empty where there is none."""
    part = contract.get("input")
    if not isinstance(part, Mapping):
        return {}
    for name in ("inputSchema", "inputSchemaFlattened"):
        schema = part.get(name)
        if isinstance(schema, Mapping):
            return schema
    return {}


_Maker = Callable[[Mapping[str, Any], random.Random, int], Any]


def _value(schema: Mapping[str, Any], chance: random.Random, depth: int) -> Any:
    for key in ("const", "default", "example"):
        if key in schema:
            return schema[key]
    for key in ("examples", "enum"):
        if choices := _choices(schema, key):
            return chance.choice(choices)
    for key in ("oneOf", "anyOf"):
        if (choices := _choices(schema, key)) and isinstance(choices[0], Mapping):
            return _value(choices[0], chance, depth)
    kind = schema.get("type", "object" if "properties" in schema else None)
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    make: _Maker = _OF_TYPE.get(str(kind), _text)
    return make(schema, chance, depth)


def _is_closed(schema: Mapping[str, Any]) -> bool:
    """Return whether each value that `_value` picks for a schema is one of a list that is complete.

    Those are `const`, `enum`, true or false, and null. A `default` or an `example` is no such list: often it
    is a placeholder, which the backend knows no better than an invented value.
    """
    listed = _choices(schema, "enum")
    if "const" in schema:
        return True
    if listed:
        picked = [schema[key] for key in ("default", "example") if key in schema]
        return all(value in listed for value in (*picked, *_choices(schema, "examples")))
    kinds = schema.get("type", "object" if "properties" in schema else None)
    kinds = kinds if isinstance(kinds, list) else [kinds]
    kind = next((one for one in kinds if one != "null"), "null")
    if kind in ("boolean", "null"):
        return True
    if any(key in schema for key in ("default", "example", "examples")):
        return False
    for key in ("oneOf", "anyOf"):
        choices = _choices(schema, key)
        if choices and isinstance(choices[0], Mapping):
            return _is_closed(choices[0])
    parts = schema.get("properties") if kind == "object" else {"items": schema.get("items")}
    if kind not in ("object", "array") or not isinstance(parts, Mapping):
        return False
    return bool(parts) and all(isinstance(part, Mapping) and _is_closed(part) for part in parts.values())


def _choices(schema: Mapping[str, Any], key: str) -> list[Any]:
    choices = schema.get(key)
    return choices if isinstance(choices, list) else []


def _array(schema: Mapping[str, Any], chance: random.Random, depth: int) -> list[Any]:
    items = schema.get("items")
    if not isinstance(items, Mapping) or depth <= 0:
        return []
    count = max(1, int(schema.get("minItems", 1)))
    return [_value(items, chance, depth - 1) for _ in range(count)]


def _integer(schema: Mapping[str, Any], chance: random.Random, _depth: int) -> int:
    return chance.randint(*_range(schema))


def _number(schema: Mapping[str, Any], chance: random.Random, _depth: int) -> float:
    return round(chance.uniform(*_range(schema)), 2)


def _path_key(path: str) -> str:
    """Return a dotted path as TOML writes a key."""
    return ".".join(map(toml_key, path.split(".")))


def _object(schema: Mapping[str, Any], chance: random.Random, depth: int) -> dict[str, Any]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or depth <= 0:
        return {}
    made: dict[str, Any] = {}
    for name, part in properties.items():
        if isinstance(part, Mapping):
            try:
                made[name] = _value(part, chance, depth - 1)
            except _NoTextError as error:
                whole = ".".join(filter(None, [name, str(error)]))
                raise _NoTextError(error.pattern, whole) from None
    return made


def _range(schema: Mapping[str, Any]) -> tuple[int, int]:
    low = int(schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1))
    high = int(schema.get("maximum", schema.get("exclusiveMaximum", max(low, 0) + 1001) - 1))
    return low, max(low, high)


def _text(schema: Mapping[str, Any], chance: random.Random, _depth: int) -> str:
    kind = schema.get("format")
    if kind == "uuid" and "pattern" not in schema:
        return f"{chance.getrandbits(32):08x}-0000-4000-8000-{chance.getrandbits(48):012x}"
    shortest, longest = int(schema.get("minLength", 0)), schema.get("maxLength")
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        limit = longest if isinstance(longest, int) else None
        found = matching_text(pattern, chance, shortest=shortest, longest=limit)
        if found is None:
            raise _NoTextError(pattern)
        return found
    if kind in _FORMATS:
        return _FORMATS[kind]
    text = f"load-test-{chance.randint(1, 999_999)}".ljust(shortest, "x")
    return text[:longest] if isinstance(longest, int) else text


_OF_TYPE: Final[Mapping[str, _Maker]] = {
    "object": _object,
    "array": _array,
    "integer": _integer,
    "number": _number,
    "boolean": lambda _schema, chance, _depth: chance.random() < 0.5,
    "null": lambda _schema, _chance, _depth: None,
}
"""What makes a value of a JSON Schema type; a text stands for every other."""
