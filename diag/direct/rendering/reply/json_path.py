"""JSONPaths of a translation map, compiled once, with the meaning that Jayway's library gives them.

The Resource Center names no dialect; its expressions look like Jayway's. What the two read differently
(regular expressions, functions, several names at once) is refused by name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jsonpath import JSONPathEnvironment, JSONPathError
from jsonpath.filter import (
    BaseExpression,
    BooleanLiteral,
    FilterExpression,
    FilterQuery,
    FloatLiteral,
    FunctionExtension,
    InfixExpression,
    IntegerLiteral,
    Nil,
    PrefixExpression,
    RelativeFilterQuery,
    StringLiteral,
)
from jsonpath.path import JSONPath
from jsonpath.segments import JSONPathChildSegment, JSONPathRecursiveDescentSegment, JSONPathSegment
from jsonpath.selectors import Filter, IndexSelector, NameSelector, SliceSelector, WildcardSelector

from diag.direct.rendering.reply.path_steps import (
    MISSING,
    Operand,
    PathStep,
    Predicate,
    by_filter,
    by_keys,
    by_slice,
    by_wildcard,
    compared,
    descending,
    followed,
    walked,
)
from diag.direct.rendering.velocity.java_values import UnknownMeaningError

MAX_PATH: Final = 1000
_COMPARISONS: Final = frozenset({"==", "!=", "<", ">", "<=", ">="})
_FUNCTION: Final = re.compile(r"\.(length|size|min|max|avg|sum|stddev|first|last|keys|concat|append|index)\(")
_BEGINS: Final = re.compile(r"\$(?:[.\[]|$)")
_ENVIRONMENT: Final = JSONPathEnvironment()


class PathRefusedError(Exception):
    """A JSONPath that is not read here as Jayway reads it. The message names the construct."""


@dataclass(frozen=True, slots=True)
class CompiledPath:
    """A path to look up in many replies. A definite one finds one value, any other a list."""

    start: tuple[str | int, ...]
    """The names and places that it begins with."""
    steps: tuple[PathStep, ...]
    """What follows them, none for a definite path."""

    needs_list: bool = False
    """Whether the first of them finds nothing, not even an empty list, where there is no list."""

    def found_in(self, reply: object) -> object:
        """Return the value, the list of values, or `MISSING`. Raises `UnknownMeaningError`."""
        if reply is None:
            raise UnknownMeaningError("a JSONPath into a reply that is null")
        if not self.steps:
            return followed(reply, self.start)
        value = reply
        for key in self.start:
            holder, value = value, followed(value, (key,))
            if value is MISSING:
                # Beyond the end of a list, a path that may find several finds none; a name must be there.
                return [] if isinstance(key, int) and isinstance(holder, list) else MISSING
        if self.needs_list and not isinstance(value, list):
            return MISSING
        return walked([value], self.steps)


def compile_path(expression: str) -> CompiledPath:
    """Return a path, compiled. Raises `PathRefusedError`."""
    # Jayway's library puts `$.` before what has none: `total` is `$.total`, `.total` is `$..total`.
    source = expression.rstrip()
    if not source.startswith(("$", "@", " ")):
        source = f"${source}" if source.startswith("[") else f"$.{source}"
    if len(source) > MAX_PATH:
        raise PathRefusedError(f"a JSONPath of more than {MAX_PATH:,} characters")
    function = _FUNCTION.search(source)
    if function is not None:
        raise PathRefusedError(f"the JSONPath function {function.group(1)}()")
    if _BEGINS.match(source) is None:
        raise PathRefusedError("a JSONPath that does not begin with $. or $[")
    try:
        path = _ENVIRONMENT.compile(source)
    except (JSONPathError, RecursionError, ValueError, OverflowError, re.error):  # 1e400 overflows there
        raise PathRefusedError("what is not JSONPath") from None
    if not isinstance(path, JSONPath):
        raise PathRefusedError("several JSONPaths joined")
    segments = list(path.segments)
    start: list[str | int] = []
    while segments and (key := _only_key(segments[0])) is not None:
        start.append(key)
        segments.pop(0)
    if any(map(_descends_to_all, segments[:-1])):
        raise PathRefusedError("..* with something behind it")
    steps = tuple(step for one in segments for step in _steps(one))
    return CompiledPath(tuple(start), steps, needs_list=bool(segments) and _needs_list(segments[0]))


def _descends_to_all(segment: JSONPathSegment) -> bool:
    return isinstance(segment, JSONPathRecursiveDescentSegment) and isinstance(
        segment.selectors[0], WildcardSelector
    )


def _needs_list(segment: JSONPathSegment) -> bool:
    return isinstance(segment, JSONPathChildSegment) and isinstance(
        segment.selectors[0], (IndexSelector, SliceSelector)
    )


def _only_key(segment: JSONPathSegment) -> str | int | None:
    """Return the name or place of a segment that is one; None for any other."""
    if not isinstance(segment, JSONPathChildSegment) or len(segment.selectors) != 1:
        return None
    selector = segment.selectors[0]
    if isinstance(selector, NameSelector):
        return selector.name
    return selector.index if isinstance(selector, IndexSelector) else None


def _steps(segment: JSONPathSegment) -> Iterator[PathStep]:
    descends = isinstance(segment, JSONPathRecursiveDescentSegment)
    if descends:
        yield descending
    selectors = segment.selectors
    if descends and not isinstance(selectors[0], (NameSelector, WildcardSelector)):
        raise PathRefusedError("anything but a name or * straight behind ..")
    if all(isinstance(selector, IndexSelector) for selector in selectors):
        yield by_keys(tuple(one.index for one in selectors if isinstance(one, IndexSelector)))
        return
    if len(selectors) > 1:
        raise PathRefusedError("several names in one pair of brackets")
    match selectors[0]:
        case NameSelector(name=name):
            yield by_keys((name,))
        case WildcardSelector():
            yield by_wildcard
        case SliceSelector(slice=part):
            if part.step not in (None, 1):
                raise PathRefusedError("a slice with a step")
            yield by_slice(part)
        case Filter(expression=expression):
            yield by_filter(_predicate(expression.expression))
        case _:
            raise PathRefusedError("a selector that Jayway does not have")


def _predicate(expression: BaseExpression) -> Predicate:
    match expression:
        case FilterExpression():
            return _predicate(expression.expression)
        case PrefixExpression(operator="!"):
            inner = _predicate(expression.right)
            return lambda item: not inner(item)
        case InfixExpression(operator="&&" | "||" as sign):
            left, right = _predicate(expression.left), _predicate(expression.right)
            if sign == "&&":
                return lambda item: left(item) and right(item)
            return lambda item: left(item) or right(item)
        case InfixExpression():
            if expression.operator not in _COMPARISONS:
                raise PathRefusedError(f"the filter operator {expression.operator}")
            return compared(expression.operator, _operand(expression.left), _operand(expression.right))
        case FilterQuery():
            exists = _operand(expression)
            return lambda item: exists(item) is not MISSING
        case FunctionExtension():
            raise PathRefusedError(f"the filter function {expression.name}()")
    raise PathRefusedError("a filter that is no comparison")


def _operand(expression: BaseExpression) -> Operand:
    match expression:
        case StringLiteral() | IntegerLiteral() | FloatLiteral() | BooleanLiteral():
            value: object = expression.value
            return lambda item: value
        case Nil():
            return lambda item: None
        case RelativeFilterQuery():
            keys = [_only_key(segment) for segment in expression.path.segments]
            if None not in keys:
                path = tuple(key for key in keys if key is not None)
                return lambda item: followed(item, path)
            raise PathRefusedError("a filter by more than one value")
        case FunctionExtension():
            raise PathRefusedError(f"the filter function {expression.name}()")
    raise PathRefusedError("a filter by something else than a field or a plain value")
