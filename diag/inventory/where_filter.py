"""The filter language of `--where`, parsed, never evaluated as code.

    timeout<=3
    kind = custom and not set
    (category ~ "web services" or name ~ crm) and method != GET

Fields are those of `FIELDS`; `~` means "contains", texts compare without regard to case, a field alone
means "is true". `and` binds tighter than `or`; a comma is an `and`. An unknown value is neither true nor
false, under a `not` too (Kleene's three values), so `not set` skips an action whose config did not arrive.
"""

import re
from collections.abc import Callable
from typing import Final

from diag.errors import UsageError
from diag.inventory.row import InventoryRow


class FilterError(UsageError):
    """Raised for an expression the filter language does not know."""


Value = str | int | bool | None
Where = Callable[[InventoryRow], bool]
"""A parsed filter: call it with a row."""

_Part = Callable[[InventoryRow], bool | None]
"""A part of a filter; None: unknown."""

FIELDS: Final[dict[str, Callable[[InventoryRow], Value]]] = {
    "timeout": lambda row: row.timeout_s,
    "set": lambda row: row.action.timeout_is_set,
    "name": lambda row: row.action.name,
    "id": lambda row: row.action.id,
    "kind": lambda row: row.action.kind,
    "category": lambda row: row.action.category,
    "integration": lambda row: row.integration_name,
    "method": lambda row: row.action.request_type,
    "configurable": lambda row: row.action.configurable,
    "secure": lambda row: row.action.secure,
    "version": lambda row: row.action.version,
    "draft": lambda row: row.draft,
    "function_timeout": lambda row: row.function_timeout_s,
}

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<text>"[^"]*"|'[^']*')|(?P<op><=|>=|!=|==|=|<|>|~)|(?P<mark>[(),])|(?P<word>[^\s()<>=!~,"']+))"""
)
_NUMERIC: Final = ("timeout", "version", "function_timeout")
_BOOLEAN: Final = ("set", "configurable", "secure", "draft")
_TRUTH: Final = {"true": True, "yes": True, "false": False, "no": False}


def parse_where(expression: str) -> Where:
    """Return the filter for an expression. Raises `FilterError` saying what was expected where."""
    parser = _Parser(expression)
    where = parser.either()
    parser.expect_end()
    return lambda row: where(row) is True


class _Parser:
    """A recursive-descent parser over (kind, text, position) tokens."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = _tokens(expression)
        self._depth = 0

    def either(self) -> _Part:
        left = self._both()
        while self._take_word("or"):
            left = _or(left, self._both())
        return left

    def expect_end(self) -> None:
        if self._tokens:
            raise self._wrong("'and', 'or' or the end")

    def _both(self) -> _Part:
        left = self._single()
        while self._take_word("and") or self._take_mark(","):
            left = _and(left, self._single())
        return left

    def _single(self) -> _Part:
        self._depth += 1
        if self._depth > 50:
            raise FilterError(f"--where {self._expression!r} is nested too deeply.")
        try:
            if self._take_word("not"):
                inner = self._single()
                return lambda row: _not(inner(row))
            if self._take_mark("("):
                inner = self.either()
                if not self._take_mark(")"):
                    raise self._wrong("')'")
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> _Part:
        if not self._tokens or self._tokens[0][0] != "word" or self._tokens[0][1].lower() not in FIELDS:
            raise self._wrong("a field")
        name = self._tokens.pop(0)[1].lower()
        read = FIELDS[name]
        if not self._tokens or self._tokens[0][0] != "op":
            return lambda row: None if (have := read(row)) is None else bool(have)
        operator = self._tokens.pop(0)[1].replace("==", "=")
        if not self._tokens or self._tokens[0][0] not in ("word", "text"):
            raise self._wrong("a value")
        value = self._value(name, operator)
        compare = _COMPARE[operator]

        def matches(row: InventoryRow) -> bool | None:
            have = read(row)
            if have is None:  # an unknown value certainly differs
                return True if operator == "!=" else None
            return compare(have.lower() if isinstance(have, str) else have, value)

        return matches

    def _value(self, name: str, operator: str) -> str | int | bool:
        text = self._tokens[0][1]
        value: str | int | bool | None
        if name in _NUMERIC:
            number = text.removesuffix("s") if "timeout" in name else text
            value = int(number) if number.isdecimal() and len(number) < 10 else None
            allowed = operator != "~"
        elif name in _BOOLEAN:
            value = _TRUTH.get(text.lower())
            allowed = operator in ("=", "!=")
        else:
            value = text.lower()
            allowed = operator in ("=", "!=", "~")
        if not allowed:
            raise FilterError(f"--where {self._expression!r}: {name} cannot be compared with {operator}.")
        if value is None:
            raise self._wrong("a whole number" if name in _NUMERIC else "true or false")
        self._tokens.pop(0)
        return value

    def _take_word(self, word: str) -> bool:
        if self._tokens and self._tokens[0][0] == "word" and self._tokens[0][1].lower() == word:
            self._tokens.pop(0)
            return True
        return False

    def _take_mark(self, mark: str) -> bool:
        if self._tokens and self._tokens[0][:2] == ("mark", mark):
            self._tokens.pop(0)
            return True
        return False

    def _wrong(self, expected: str) -> FilterError:
        token = f"{self._tokens[0][1]!r} at {self._tokens[0][2] + 1}" if self._tokens else "the end"
        return FilterError(
            f"--where {self._expression!r}: expected {expected}, found {token}.",
            hint=f"Example: --where 'timeout<=3 and kind=custom'. Fields: {', '.join(FIELDS)}.",
        )


def _tokens(expression: str) -> list[tuple[str, str, int]]:
    tokens: list[tuple[str, str, int]] = []
    at = 0
    while expression[at:].strip():
        token = _TOKEN.match(expression, at)
        if not token or token.lastgroup is None:
            raise FilterError(
                f"--where {expression!r}: {expression[at:].strip()[0]!r} is not understood.",
                hint="Put texts with special characters in quotes.",
            )
        kind, text = token.lastgroup, token.group(token.lastgroup)
        tokens.append((kind, text[1:-1] if kind == "text" else text, token.start(kind)))
        at = token.end()
    return tokens


def _not(known: bool | None) -> bool | None:
    return None if known is None else not known


def _and(left: _Part, right: _Part) -> _Part:
    def both(row: InventoryRow) -> bool | None:
        values = (left(row), right(row))
        return False if False in values else None if None in values else True

    return both


def _or(left: _Part, right: _Part) -> _Part:
    def either(row: InventoryRow) -> bool | None:
        values = (left(row), right(row))
        return True if True in values else None if None in values else False

    return either


def _contains(have: Value, value: str | int | bool) -> bool:
    return isinstance(have, str) and isinstance(value, str) and value in have


def _below(have: Value, value: str | int | bool) -> bool:
    return isinstance(have, int) and isinstance(value, int) and have < value


_COMPARE: Final[dict[str, Callable[[Value, str | int | bool], bool]]] = {
    "=": lambda have, value: have == value,
    "!=": lambda have, value: have != value,
    "~": _contains,
    "<": _below,
    "<=": lambda have, value: have == value or _below(have, value),
    ">": lambda have, value: have != value and not _below(have, value),
    ">=": lambda have, value: not _below(have, value),
}
