"""JSONPaths of a translation map, compiled once, with the meaning that Jayway's library gives them.

The Resource Center names no dialect; its expressions look like Jayway's. What the two read differently
(regular expressions, functions, several names at once, filters on objects) is refused by name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jsonpath import JSONPathEnvironment, JSONPathError
from jsonpath.filter import (
    BaseExpression,
    FilterExpression,
    FunctionExtension,
    InfixExpression,
    ListLiteral,
    PrefixExpression,
    RelativeFilterQuery,
    RootFilterQuery,
)
from jsonpath.match import JSONPathMatch
from jsonpath.path import JSONPath
from jsonpath.segments import JSONPathChildSegment, JSONPathRecursiveDescentSegment, JSONPathSegment
from jsonpath.selectors import Filter, IndexSelector, NameSelector, SliceSelector, WildcardSelector

from diag.direct.rendering.velocity.java_values import UnknownMeaningError

MAX_PATH: Final = 1000
_MAX_FOUND: Final = 20_000
_OPERATORS: Final = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||"})
_FUNCTION: Final = re.compile(r"\.(length|size|min|max|avg|sum|stddev|first|last|keys|concat|append|index)\(")
_ENVIRONMENT: Final = JSONPathEnvironment()


class PathRefusedError(Exception):
    """A JSONPath that is not read here as Jayway reads it. The message names the construct."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The path leads nowhere: the default of the translation map counts, if there is one."""


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class CompiledPath:
    """A path to look up in many replies. A definite one finds one value, any other a list."""

    steps: tuple[str | int, ...]
    """The names and places that it begins with, walked by hand."""
    rest: tuple[JSONPathSegment, ...]

    def found_in(self, reply: object) -> object:
        """Return the value, the list of values, or `MISSING`. Raises `UnknownMeaningError`."""
        value = reply
        for step in self.steps:
            value = _step(value, step)
            if value is MISSING:
                return MISSING
        return value if not self.rest else _all(value, self.rest)


def _step(value: object, step: str | int) -> object:
    if isinstance(step, str):
        return value.get(step, MISSING) if isinstance(value, dict) else MISSING
    if not isinstance(value, list) or not -len(value) <= step < len(value):
        return MISSING
    item: object = value[step]
    return item


def _all(value: object, segments: tuple[JSONPathSegment, ...]) -> object:
    if not isinstance(value, (dict, list)):
        return MISSING
    matches: Sequence[JSONPathMatch] = [
        JSONPathMatch(filter_context={}, obj=value, parent=None, path="$", parts=(), root=value)
    ]
    for segment in segments:
        if any(isinstance(selector, Filter) for selector in segment.selectors) and any(
            isinstance(match.obj, dict) for match in matches
        ):
            raise UnknownMeaningError("a filter on an object, which dialects of JSONPath read differently")
        try:
            matches = list(segment.resolve(matches))
        except JSONPathError:
            raise UnknownMeaningError("a JSONPath that fails on this reply") from None
        if len(matches) > _MAX_FOUND:
            raise UnknownMeaningError(f"a JSONPath that finds more than {_MAX_FOUND:,} values")
    return [match.obj for match in matches]


def compile_path(expression: str) -> CompiledPath:
    """Return a path, compiled. Raises `PathRefusedError`."""
    source = expression.strip()
    if len(source) > MAX_PATH:
        raise PathRefusedError(f"a JSONPath of more than {MAX_PATH:,} characters")
    function = _FUNCTION.search(source)
    if function is not None:
        raise PathRefusedError(f"the JSONPath function {function.group(1)}()")
    if not source.startswith("$"):
        raise PathRefusedError("a JSONPath that does not begin with $")
    try:
        path = _ENVIRONMENT.compile(source)
    except (JSONPathError, RecursionError, ValueError, re.error):
        raise PathRefusedError("what is not JSONPath") from None
    if not isinstance(path, JSONPath):
        raise PathRefusedError("several JSONPaths joined")
    steps: list[str | int] = []
    segments = list(path.segments)
    while segments and (step := _plain_step(segments[0])) is not None:
        steps.append(step)
        segments.pop(0)
    for segment in segments:
        _check_segment(segment)
    return CompiledPath(tuple(steps), tuple(segments))


def _plain_step(segment: JSONPathSegment) -> str | int | None:
    if not isinstance(segment, JSONPathChildSegment) or len(segment.selectors) != 1:
        return None
    selector = segment.selectors[0]
    if isinstance(selector, NameSelector):
        return selector.name
    return selector.index if isinstance(selector, IndexSelector) else None


def _check_segment(segment: JSONPathSegment) -> None:
    selectors = segment.selectors
    for selector in selectors:
        if isinstance(selector, Filter):
            if isinstance(segment, JSONPathRecursiveDescentSegment):
                raise PathRefusedError("a filter straight behind ..")
            _check_expression(selector.expression)
        elif isinstance(selector, SliceSelector):
            if selector.slice.step not in (None, 1):
                raise PathRefusedError("a slice with a step")
        elif not isinstance(selector, (NameSelector, IndexSelector, WildcardSelector)):
            raise PathRefusedError("a selector that Jayway does not have")
    if len(selectors) > 1 and not all(isinstance(selector, IndexSelector) for selector in selectors):
        raise PathRefusedError("several names in one pair of brackets")


def _check_expression(expression: BaseExpression) -> None:
    if isinstance(expression, FunctionExtension):
        raise PathRefusedError(f"the filter function {expression.name}()")
    if isinstance(expression, InfixExpression) and expression.operator not in _OPERATORS:
        raise PathRefusedError(f"the filter operator {expression.operator}")
    if isinstance(expression, ListLiteral):
        raise PathRefusedError("a list in a filter")
    if isinstance(expression, (RelativeFilterQuery, RootFilterQuery)):
        if not expression.path.singular_query():
            raise PathRefusedError("a filter by more than one value")
        return
    if isinstance(expression, (FilterExpression, InfixExpression, PrefixExpression)):
        for child in expression.children():
            _check_expression(child)
