"""Terraform's JSON syntax: a text to its body (Terraform, "JSON Configuration Syntax").

A body is an object, or a list of objects that are read as one. Labels are keys, nested. A string is a
template; what is in its `${ }` is HCL.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diag.terraform.syntax.body import Argument, ConfigBlock
from diag.terraform.syntax.expressions import Elements, Expression, Items, Null, Number, Other, PlainText
from diag.terraform.syntax.json_values import (
    JsonArray,
    JsonName,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
    json_value_of,
)
from diag.terraform.syntax.quoted_text import unescaped_template
from diag.terraform.syntax.read_expression import read_template
from diag.terraform.syntax.source import SourceText
from diag.terraform.syntax.trouble import SyntaxTrouble


@dataclass(frozen=True, slots=True, eq=False)
class JsonBody:
    """A body: `objects` are read as one; `start` and `end`: where the first stands."""

    source: SourceText
    start: int
    end: int
    objects: tuple[JsonObject, ...]

    def all_named(self, name: str) -> Sequence[Argument]:
        """Return every key of this name as an argument."""
        return [one for one in self.arguments() if one.name == name]

    def arguments(self) -> Sequence[Argument]:
        """Return every key."""
        return [_argument(self.source, key, value) for key, value in self._members()]

    def blocks(self, kind: str, labels: int) -> Sequence[ConfigBlock]:
        """Return the blocks of this kind that have so many labels."""
        return [
            block
            for key, value in self._members()
            if key.value == kind
            for block in _blocks(self.source, kind, (key, value), (), labels)
        ]

    def _members(self) -> Iterator[tuple[JsonString, JsonValue]]:
        return (member for one in self.objects for member in one.members)


def read_json_body(source: SourceText) -> tuple[JsonBody, JsonValue]:
    """Return the body of a file, and its value. Raises SyntaxTrouble."""
    value = json_value_of(source.text)
    return _body(source, value), value


def as_template(source: SourceText, value: JsonString) -> SourceText:
    """Return the text of a string as a source of its own, whose expressions are HCL."""
    return SourceText(source.path, source.shown, value.value, outer=source, begins_at=value.start)


def _body(source: SourceText, value: JsonValue) -> JsonBody:
    objects = value.values if isinstance(value, JsonArray) else (value,)
    found = tuple(one for one in objects if isinstance(one, JsonObject))
    if len(found) != len(objects):
        raise SyntaxTrouble(value.start, "an object stands here in Terraform's JSON")
    return JsonBody(source, value.start, value.end, found)


def _blocks(
    source: SourceText, kind: str, member: tuple[JsonString, JsonValue], labels: tuple[str, ...], left: int
) -> Iterator[ConfigBlock]:
    key, value = member
    if left:
        for label, inner in _body(source, value)._members():
            yield from _blocks(source, kind, (label, inner), (*labels, label.value), left - 1)
        return
    for one in value.values if isinstance(value, JsonArray) else (value,):
        if not isinstance(one, JsonName):  # null: no block
            yield ConfigBlock(kind, labels, _body(source, one), key.start, one.end)


def _argument(source: SourceText, key: JsonString, value: JsonValue) -> Argument:
    return Argument(key.value, source, key.start, value.end, lambda: _expression(source, value))


def _expression(source: SourceText, value: JsonValue) -> Expression:
    place = source, value.start, value.end
    match value:
        case JsonNumber():
            return Number(*place, value.value)
        case JsonString():
            return _string(source, value)
        case JsonName():
            return Null(*place) if value.value == "null" else Other(*place)
        case JsonArray():
            return Elements(*place, tuple(_expression(source, one) for one in value.values))
        case JsonObject():
            return Items(
                *place, tuple((_key(source, key), _expression(source, one)) for key, one in value.members)
            )
    return Other(*place)


def _key(source: SourceText, key: JsonString) -> str | Expression:
    read = _string(source, key)
    return read.value if isinstance(read, PlainText) else read


def _string(source: SourceText, value: JsonString) -> Expression:
    place = source, value.start, value.end
    if "${" not in value.value and "%{" not in value.value:
        return PlainText(*place, value.value)
    try:
        read = read_template(as_template(source, value))
    except SyntaxTrouble:
        return Other(*place)
    if isinstance(read, PlainText) and read.start == 0:
        return PlainText(*place, unescaped_template(value.value))
    return read
