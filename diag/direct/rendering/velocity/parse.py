"""Text of a template to its tree. Grammar: Velocity's user guide, checked against the engine 1.7 itself.

What is Velocity but is not rendered here (loops, macros, ranges) is collected in `Parsed.refused`, all of it.
"""

import re
from dataclasses import dataclass
from typing import Final

from diag.direct.rendering.velocity.cursor import Cursor, NotVelocityError
from diag.direct.rendering.velocity.expressions import DOLLAR, DOUBLE, SINGLE, read_expression, read_reference
from diag.direct.rendering.velocity.syntax_tree import (
    Block,
    Branch,
    Expression,
    If,
    Part,
    SetVariable,
    Text,
)

MAX_TEMPLATE: Final = 256 * 1024
"""Longer templates are not read, characters."""

_PLAIN: Final = re.compile(r"[^$#\\]+")
_BACKSLASHES: Final = re.compile(r"\\+")
_ODD_DOLLAR: Final = re.compile(r"(\$!!|\$\{\$|\$!?\\|\$!?\s*#(?=[A-Za-z{@#*]))")
"""A dollar that is no reference, in places where Velocity 1.7 loses it, or what follows."""
_ODD_BEHIND: Final = re.compile(r"[\[{]")
_ODD_HASH: Final = re.compile(r"#(?:\\|\s+#[A-Za-z{@#*])")
_DIRECTIVE: Final = re.compile(r"#(?:\{([A-Za-z]\w*)\}|@?([A-Za-z]\w*))")
_LINE_COMMENT: Final = re.compile(r"##[^\n]*\n?")
_BLOCK_COMMENT: Final = re.compile(r"#\*(?:[^*]|\*(?!#))*\*#")
_VERBATIM: Final = re.compile(r"#\[\[((?:[^\]]|\](?!\]#))*)\]\]#")
_REST_OF_LINE: Final = re.compile(r"[ \t]*\r?\n")
_ARGUMENTS_ON_SAME_LINE: Final = re.compile(r"[ \t]*\(")
_OPENING_BEHIND_SPACE: Final = re.compile(r"\s*\(\s*")
_SET: Final = re.compile(r"\s*\(\s*\$(!?)(\{?)([A-Za-z_][A-Za-z0-9_]*)(\}?)\s*=(?!=)\s*")
_REFUSED_WITH_BLOCK: Final = frozenset({"foreach", "macro", "define"})
_REFUSED: Final = frozenset({"parse", "include", "evaluate", "stop", "break", "return"})
_CLOSING: Final = frozenset({"end", "else", "elseif"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """A template's tree, and the constructs in it that are not rendered, each by its name."""

    block: Block
    refused: tuple[str, ...]
    unreadable: str | None = None
    """Why the rest could not be read: what Velocity could not read either."""


def parse_template(source: str) -> Parsed:
    """Return the tree of a template, or why there is none. Raises nothing."""
    if len(source) > MAX_TEMPLATE:
        return Parsed(Block(()), (), f"a template of more than {MAX_TEMPLATE:,} characters")
    cursor = Cursor(source, _block)
    try:
        block = _block(cursor)
        if cursor.position < len(source):
            raise cursor.error("an #end, #else or #elseif without its #if")
    except NotVelocityError as error:
        return Parsed(Block(()), tuple(cursor.refused), str(error))
    except RecursionError:
        return Parsed(Block(()), tuple(cursor.refused), "too many levels of nesting")
    return Parsed(block, tuple(cursor.refused))


def _block(cursor: Cursor) -> Block:
    parts: list[Part] = []
    with cursor.nested():
        while cursor.position < len(cursor.source):
            found = _part(cursor)
            if found is None:
                break
            parts.extend(found)
    return Block(_merged(parts))


def _merged(parts: list[Part]) -> tuple[Part, ...]:
    merged: list[Part] = []
    texts: list[str] = []
    for part in (*parts, None):
        if isinstance(part, Text):
            texts.append(part.text)
            continue
        if texts:
            merged.append(Text("".join(texts)))
            texts = []
        if part is not None:
            merged.append(part)
    return tuple(merged)


def _part(cursor: Cursor) -> list[Part] | None:
    """Return what stands here; None in front of an `#end`, `#else` or `#elseif`."""
    plain = cursor.take(_PLAIN)
    if plain is not None:
        return [Text(plain.group())]
    slashes = cursor.take(_BACKSLASHES)
    count = len(slashes.group()) if slashes else 0
    if cursor.source.startswith("$", cursor.position):
        return _dollar(cursor, count)
    before: list[Part] = [Text("\\" * count)] if count else []
    if cursor.source.startswith("#", cursor.position):
        rest = _hash(cursor, escaped=bool(count))
        return None if rest is None else before + rest
    return before


def _dollar(cursor: Cursor, backslashes: int) -> list[Part]:
    if DOLLAR.match(cursor.source, cursor.position):
        reference = read_reference(cursor, backslashes)
        behind = _ODD_BEHIND.match(cursor.source, cursor.position)
        if behind is not None:
            cursor.refuse(f"{behind.group()} straight behind a reference (no version of Velocity reads it)")
        if backslashes > 2:
            cursor.refuse("more than two backslashes in front of a reference")
        return [reference]
    odd = cursor.take(_ODD_DOLLAR)
    if odd is not None:
        cursor.refuse(f"{odd.group(1)} (versions of Velocity differ)")
        return []
    cursor.position += 1
    if backslashes and cursor.source.startswith("$", cursor.position):
        cursor.refuse("\\$$ (versions of Velocity differ)")
    return [Text("\\" * backslashes + "$")]


def _hash(cursor: Cursor, *, escaped: bool) -> list[Part] | None:
    """Return what a `#` begins. None: it closes the block that is being read."""
    directive = _DIRECTIVE.match(cursor.source, cursor.position)
    name = _name_of(directive)
    if escaped and (name in _CLOSING or name in _READERS):
        cursor.refuse(f"\\#{name} (an escaped directive)")
    if name in _CLOSING:
        return None
    if directive is None or name not in _READERS:
        return _other_hash(cursor, directive)
    cursor.position = directive.end()
    return _READERS[name](cursor, name)


def _name_of(directive: re.Match[str] | None) -> str:
    """Return `if` of `#if` and of `#{if}`; nothing where there is no directive."""
    return (directive.group(1) or directive.group(2)) if directive else ""


def _other_hash(cursor: Cursor, directive: re.Match[str] | None) -> list[Part]:
    begun_at = cursor.position
    if cursor.take(_LINE_COMMENT) is not None:
        line = cursor.source[cursor.source.rfind("\n", 0, begun_at) + 1 : begun_at]
        if line.strip(" \t"):
            cursor.refuse("a ## comment behind something else (Velocity 1.7 may print it)")
        return []
    if cursor.take(_BLOCK_COMMENT) is not None:
        return []
    verbatim = cursor.take(_VERBATIM)
    if verbatim is not None:
        return [Text(verbatim.group(1))]
    if cursor.source.startswith(("#*", "#[["), cursor.position):
        raise cursor.error("a comment or verbatim text that does not end")
    if directive is not None and _ARGUMENTS_ON_SAME_LINE.match(cursor.source, directive.end()):
        cursor.refuse(f"{directive.group()}() (a macro)")
    odd = _ODD_HASH.match(cursor.source, cursor.position)
    if odd is not None:
        cursor.refuse("# in front of \\ or of a directive (versions of Velocity differ)")
    if cursor.source.startswith("#@", cursor.position):
        cursor.refuse(f"{directive.group() if directive else '#@'} (a macro)")
    cursor.position += 1
    return [Text("#")]


def _if(cursor: Cursor, name: str) -> list[Part]:
    branches = [Branch(_condition(cursor), _block(cursor))]
    otherwise: Block | None = None
    while True:
        closing = _name_of(cursor.take(_DIRECTIVE))
        if closing == "elseif" and otherwise is None:
            branches.append(Branch(_condition(cursor), _block(cursor)))
        elif closing == "else" and otherwise is None:
            cursor.take(_REST_OF_LINE)
            otherwise = _block(cursor)
        elif closing == "end":
            cursor.take(_REST_OF_LINE)
            return [If(tuple(branches), otherwise or Block(()))]
        else:
            raise cursor.error("an #if without its #end")


def _condition(cursor: Cursor) -> Expression:
    cursor.need(_OPENING_BEHIND_SPACE, "( behind #if")
    condition = read_expression(cursor)
    cursor.need_sign(")", ") behind a condition")
    cursor.take(_REST_OF_LINE)
    return condition


def _set(cursor: Cursor, name: str) -> list[Part]:
    target = cursor.take(_SET)
    if target is None or bool(target.group(2)) != bool(target.group(4)):
        cursor.refuse("#set of something other than a plain $name")
        raise cursor.error("a #set")
    value = read_expression(cursor)
    cursor.need_sign(")", ") behind a #set")
    cursor.take(_REST_OF_LINE)
    return [SetVariable(target.group(3), value)]


def _refused_with_block(cursor: Cursor, name: str) -> list[Part]:
    cursor.refuse(f"#{name} (not rendered here)")
    _skip_arguments(cursor)
    _block(cursor)
    if _name_of(cursor.take(_DIRECTIVE)) != "end":
        raise cursor.error(f"a #{name} without its #end")
    return []


def _refused(cursor: Cursor, name: str) -> list[Part]:
    cursor.refuse(f"#{name} (not rendered here)")
    _skip_arguments(cursor)
    return []


def _skip_arguments(cursor: Cursor) -> None:
    """Move behind the parentheses that follow, whatever they hold."""
    if cursor.take(_ARGUMENTS_ON_SAME_LINE) is None:
        return
    open_ones = 1
    while open_ones and cursor.position < len(cursor.source):
        if cursor.take(SINGLE) or cursor.take(DOUBLE):
            continue
        open_ones += {"(": 1, ")": -1}.get(cursor.source[cursor.position], 0)
        cursor.position += 1


_READERS: Final = {
    "if": _if,
    "set": _set,
    **dict.fromkeys(_REFUSED_WITH_BLOCK, _refused_with_block),
    **dict.fromkeys(_REFUSED, _refused),
}
