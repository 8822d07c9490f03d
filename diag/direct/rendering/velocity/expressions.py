"""References and expressions of a template. Grammar: Velocity's user guide, checked against the engine."""

import re
from typing import Final

from diag.direct.rendering.velocity.cursor import Cursor
from diag.direct.rendering.velocity.syntax_tree import (
    Call,
    Expression,
    Index,
    Interpolated,
    ListLiteral,
    Literal,
    MapLiteral,
    Negation,
    Operation,
    Property,
    Reference,
    Step,
)

DOLLAR: Final = re.compile(r"\$(!?)(\{?)(?=[A-Za-z_])")
SINGLE: Final = re.compile(r"'((?:[^']|'')*)'")
DOUBLE: Final = re.compile(r'"((?:[^"]|"")*)"')
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HYPHENATED: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SPACE: Final = re.compile(r"\s*")
_NUMBER: Final = re.compile(r"-?\d{1,300}(?:\.\d{1,300})?(?:[eE][+-]?\d{1,3})?")
_WORD_VALUE: Final = re.compile(r"(true|false)\b")
_NOT: Final = re.compile(r"(?:!|not\b)\s*")
_LEVELS: Final[tuple[re.Pattern[str], ...]] = tuple(
    re.compile(rf"\s*({signs})\s*")
    for signs in (
        r"\|\||or\b",
        r"&&|and\b",
        r"==|!=|eq\b|ne\b",
        r"<=|>=|<|>|le\b|ge\b|lt\b|gt\b",
        r"\+|-(?![0-9])",
        r"[*/%]",
    )
)
"""Operators, those that bind least first."""

_SIGN_OF_WORD: Final = {
    "or": "||", "and": "&&", "eq": "==", "ne": "!=", "le": "<=", "ge": ">=", "lt": "<", "gt": ">"
}  # fmt: skip


def read_reference(cursor: Cursor, backslashes: int = 0) -> Reference:
    """Return the reference that stands here, and move behind it."""
    start = cursor.position
    opened = cursor.need(DOLLAR, "a reference")
    braces = bool(opened.group(2))
    with cursor.nested():
        root = _name(cursor, braces)
        steps: list[Step] = []
        while (step := _step(cursor, braces)) is not None:
            steps.append(step)
        if braces:
            if cursor.source.startswith("|", cursor.position):
                cursor.refuse("${name|'alternate'}")
                raise cursor.error("an alternate value")
            cursor.need_sign("}", "} behind a reference that began with ${")
    source = cursor.source[start : cursor.position]
    return Reference(source, bool(opened.group(1)), root, tuple(steps), backslashes)


def _name(cursor: Cursor, braces: bool) -> str:
    if braces:
        return cursor.need(_HYPHENATED, "a name").group()
    name = cursor.need(_NAME, "a name").group()
    if cursor.source.startswith("-", cursor.position):
        cursor.refuse(f"${name}- (whether a name without braces takes the hyphen in: write ${{…}})")
    return name


def _step(cursor: Cursor, braces: bool) -> Step | None:
    source, here = cursor.source, cursor.position
    if cursor.skip("["):
        key = read_expression(cursor)
        cursor.need_sign("]", "] behind an index")
        return Index(key)
    if not source.startswith(".", here) or not _NAME.match(source, here + 1):
        return None
    cursor.position += 1
    name = _name(cursor, braces)
    return Call(name, _items(cursor, ")")) if cursor.skip("(") else Property(name)


def _items(cursor: Cursor, closing: str) -> tuple[Expression, ...]:
    """Return the expressions up to a closing bracket, and move behind it."""
    cursor.take(_SPACE)
    if cursor.skip(closing):
        return ()
    items = [read_expression(cursor)]
    while cursor.skip(","):
        items.append(read_expression(cursor))
    if cursor.source.startswith("..", cursor.position):
        cursor.refuse("a range [a..b]")
    cursor.need_sign(closing, f", or {closing}")
    return tuple(items)


def read_expression(cursor: Cursor) -> Expression:
    """Return the expression that stands here, and move behind it and the space around it."""
    cursor.take(_SPACE)
    expression = _expression(cursor)
    cursor.take(_SPACE)
    return expression


def _expression(cursor: Cursor, level: int = 0) -> Expression:
    if level == len(_LEVELS):
        return _operand(cursor)
    left = _expression(cursor, level + 1)
    while (sign := cursor.take(_LEVELS[level])) is not None:
        cursor.count_operator()
        right = _expression(cursor, level + 1)
        left = Operation(_SIGN_OF_WORD.get(sign.group(1), sign.group(1)), left, right)
    return left


def _operand(cursor: Cursor) -> Expression:
    with cursor.nested():
        if cursor.source.startswith("$", cursor.position):
            return read_reference(cursor)
        if cursor.take(_NOT):
            return Negation(_operand(cursor))
        for reader in (_word_value, _number, _text, _group, _list, _map):
            found = reader(cursor)
            if found is not None:
                return found
    raise cursor.error("expected a value")


def _word_value(cursor: Cursor) -> Expression | None:
    found = cursor.take(_WORD_VALUE)
    return None if found is None else Literal(found.group(1) == "true")


def _number(cursor: Cursor) -> Expression | None:
    found = cursor.take(_NUMBER)
    if found is None:
        return None
    digits = found.group()
    return Literal(int(digits) if digits.lstrip("-").isdigit() else float(digits))


def _text(cursor: Cursor) -> Expression | None:
    single = cursor.take(SINGLE)
    if single is not None:
        return Literal(single.group(1).replace("''", "'"))
    double = cursor.take(DOUBLE)
    if double is None:
        return None
    inner = double.group(1).replace('""', '"')
    if "$" not in inner and "#" not in inner:
        return Literal(inner)
    within = cursor.into(inner)
    block = cursor.read_block(within)
    cursor.operators = within.operators
    if within.position < len(inner):
        raise cursor.error("an #end, #else or #elseif without its #if in the text")
    return Interpolated(block)


def _group(cursor: Cursor) -> Expression | None:
    if not cursor.skip("("):
        return None
    inner = read_expression(cursor)
    cursor.need_sign(")", ")")
    return inner


def _list(cursor: Cursor) -> Expression | None:
    return ListLiteral(_items(cursor, "]")) if cursor.skip("[") else None


def _map(cursor: Cursor) -> Expression | None:
    if not cursor.skip("{"):
        return None
    cursor.take(_SPACE)
    entries: list[tuple[Expression, Expression]] = []
    while not cursor.skip("}"):
        key = read_expression(cursor)
        cursor.need_sign(":", ": behind a key")
        entries.append((key, read_expression(cursor)))
        if cursor.skip(","):
            cursor.take(_SPACE)
        elif not cursor.source.startswith("}", cursor.position):
            raise cursor.error("expected , or }")
    return MapLiteral(tuple(entries))
