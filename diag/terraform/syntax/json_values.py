"""JSON as values that know where they stand: every key and every character of the text is kept."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from diag.terraform.syntax.trouble import SyntaxTrouble
from diag.terraform.syntax.words import BYTE_ORDER_MARK

_DEEPEST: Final = 100
_WORD: Final = re.compile(
    r"""[ \t\r\n]*(?:(?P<string>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")
    |(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    |(?P<name>true|false|null)|(?P<sign>[\[\]{},:]))""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True, eq=False)
class JsonValue:
    """What stands at `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class JsonString(JsonValue):
    """A string, its escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True, eq=False)
class JsonNumber(JsonValue):
    """A number."""

    value: float


@dataclass(frozen=True, slots=True, eq=False)
class JsonName(JsonValue):
    """`true`, `false` or `null`."""

    value: str


@dataclass(frozen=True, slots=True, eq=False)
class JsonArray(JsonValue):
    """A list."""

    values: tuple[JsonValue, ...]


@dataclass(frozen=True, slots=True, eq=False)
class JsonObject(JsonValue):
    """An object: keys as they come, a key that comes twice twice."""

    members: tuple[tuple[JsonString, JsonValue], ...]


def json_value_of(text: str) -> JsonValue:
    """Return the one value in a text. Raises SyntaxTrouble."""
    reader = _Reader(text)
    value = reader.value(0)
    if text[reader.at :].strip(" \t\r\n"):
        raise SyntaxTrouble(reader.at, "there is more than one value")
    return value


def strings_in(value: JsonValue) -> Iterator[JsonString]:
    """Yield every string among the values (not the keys), in order."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, JsonString):
            yield one
        elif isinstance(one, JsonArray):
            left.extend(reversed(one.values))
        elif isinstance(one, JsonObject):
            left.extend(member for _, member in reversed(one.members))


def json_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield strings, numbers, names and signs with their places. Raises SyntaxTrouble."""
    json_value_of(text)
    at = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    while found := _WORD.match(text, at):
        start = found.start(found.lastgroup or 0)
        yield text[start : found.end()], start, found.end()
        at = found.end()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0

    def value(self, depth: int) -> JsonValue:
        if depth > _DEEPEST:
            raise SyntaxTrouble(self.at, "values are nested too deep")
        found = self._next()
        start, end = found.start(found.lastgroup or 0), found.end()
        match found.lastgroup:
            case "string":
                return JsonString(start, end, json.JSONDecoder().decode(found["string"]))
            case "number":
                return JsonNumber(start, end, float(found["number"]))
            case "name":
                return JsonName(start, end, found["name"])
        if found["sign"] == "[":
            values = self._listed("]", depth)
            return JsonArray(start, self.at, tuple(values))
        if found["sign"] == "{":
            members = self._members(depth)
            return JsonObject(start, self.at, tuple(members))
        raise SyntaxTrouble(start, f"{found['sign']!r} stands where a value should")

    def _listed(self, closes: str, depth: int) -> list[JsonValue]:
        values = list[JsonValue]()
        if self._takes(closes):
            return values
        while True:
            values.append(self.value(depth + 1))
            if self._comma_or(closes):
                return values

    def _members(self, depth: int) -> list[tuple[JsonString, JsonValue]]:
        members = list[tuple[JsonString, JsonValue]]()
        if self._takes("}"):
            return members
        while True:
            key = self.value(depth + 1)
            if not isinstance(key, JsonString):
                raise SyntaxTrouble(key.start, "a key is a string")
            if not self._takes(":"):
                raise SyntaxTrouble(self.at, "a colon follows a key")
            members.append((key, self.value(depth + 1)))
            if self._comma_or("}"):
                return members

    def _comma_or(self, closes: str) -> bool:
        """Whether the list or object ends here."""
        if self._takes(closes):
            return True
        if not self._takes(","):
            raise SyntaxTrouble(self.at, f"a comma or {closes!r} is missing")
        return False

    def _takes(self, sign: str) -> bool:
        found = _WORD.match(self.text, self.at)
        if found is None or found["sign"] != sign:
            return False
        self.at = found.end()
        return True

    def _next(self) -> re.Match[str]:
        found = _WORD.match(self.text, self.at)
        if found is None:
            raise SyntaxTrouble(self.at, "this is no JSON")
        self.at = found.end()
        return found
