"""The contracts that nearly all actions have: an object with named parts, each of a type.

Whether inputs fit one is told here in a microsecond or two; a validator of JSON Schema takes twenty, a tenth
of what a call costs. That one alone says what does not fit (`contract.py`), and judges every other schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from diag.sandbox.reply_bodies import JsonObject, JsonValue

_WORDS: Final = frozenset({"$schema", "title", "description"})
_OF_A_PART: Final = _WORDS | {"type", "minLength", "enum"}
_OF_THE_WHOLE: Final = _WORDS | {"type", "properties", "required", "additionalProperties"}
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}
_MOST_KNOWN: Final = 4096
_KNOWN: Final[dict[int, tuple[JsonObject, "_Contract | None"]]] = {}
"""By the identity of the schema, which is kept with it: schemas are replaced, never changed."""


@dataclass(frozen=True, slots=True)
class _Part:
    types: tuple[type, ...]
    shortest: int
    """Of text."""
    one_of: frozenset[str] | None

    def holds(self, value: JsonValue) -> bool:
        if type(value) not in self.types:
            return False
        return not isinstance(value, str) or (
            len(value) >= self.shortest and (self.one_of is None or value in self.one_of)
        )


@dataclass(frozen=True, slots=True)
class _Contract:
    parts: Mapping[str, _Part]
    required: frozenset[str]
    takes_more: bool

    def holds(self, inputs: JsonObject) -> bool:
        if not self.required <= inputs.keys() or not (self.takes_more or inputs.keys() <= self.parts.keys()):
            return False
        return all(part.holds(inputs[name]) for name, part in self.parts.items() if name in inputs)


def plainly_fits(schema: JsonObject, inputs: JsonObject) -> bool:
    """Return whether the schema is of that kind and the inputs fit it; False says nothing."""
    known = _KNOWN.get(id(schema))
    if known is None:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        known = _KNOWN[id(schema)] = (schema, _contract(schema))
    contract = known[1]
    return contract is not None and contract.holds(inputs)


def _contract(schema: JsonObject) -> _Contract | None:
    parts = schema.get("properties")
    takes_more = schema.get("additionalProperties", True)
    if schema.get("type") != "object" or not isinstance(parts, dict) or not isinstance(takes_more, bool):
        return None
    read = {name: _part(part) for name, part in parts.items()}
    named = _different_texts(schema["required"]) if "required" in schema else frozenset[str]()
    if named is None or not _is_plain(schema, _OF_THE_WHOLE):
        return None
    plain = {name: part for name, part in read.items() if part is not None}
    return _Contract(plain, named, takes_more) if len(plain) == len(read) else None


def _part(part: JsonValue) -> _Part | None:
    if not isinstance(part, dict) or not _is_plain(part, _OF_A_PART):
        return None
    kind, shortest = part.get("type"), part.get("minLength", 0)
    one_of = _different_texts(part["enum"]) if "enum" in part else None
    if not isinstance(kind, str) or kind not in _TYPES or type(shortest) is not int or shortest < 0:
        return None
    if "enum" in part and (one_of is None or kind != "string"):
        return None
    return _Part(_TYPES[kind], shortest, one_of)


def _is_plain(schema: JsonObject, known: frozenset[str]) -> bool:
    return schema.keys() <= known and all(isinstance(schema.get(word, ""), str) for word in _WORDS)


def _different_texts(value: JsonValue) -> frozenset[str] | None:
    """Return texts of which draft 4 wants one at least, and none twice; None where it is anything else."""
    if not isinstance(value, list) or not value:
        return None
    texts = frozenset(text for text in value if isinstance(text, str))
    return texts if len(texts) == len(value) else None
