"""Words to an expression. What is not understood is `Other`, and never half of something else."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from diag.terraform.syntax.expressions import (
    Elements,
    Expression,
    FunctionCall,
    Items,
    Null,
    Number,
    Other,
    PlainText,
    TemplateText,
    ValueReference,
)
from diag.terraform.syntax.quoted_text import unescaped_template, unquoted
from diag.terraform.syntax.source import Fragment, SourceText
from diag.terraform.syntax.words import Scanned, WordKind, scan_template

DEEPEST: Final = 60
"""Levels of brackets that are read; nobody writes more."""
_ELEMENT: Final = re.compile("[0-9]{1,9}")
"""The number of an element, as in `a.0`."""


def read_expression(fragment: Fragment) -> Expression:
    """Return the expression that these words are; there is at least one."""
    return _Reader(fragment.source, fragment.scanned).expression(fragment.first, fragment.end)


def read_template(source: SourceText) -> Expression:
    """Return the expression that the whole of a source is: a string of a JSON file, without its quotes.

    Raises SyntaxTrouble.
    """
    scanned = scan_template(source.text)
    whole = (0, len(source.text))
    return _Reader(source, scanned).template(0, len(scanned.words), whole, unescaped_template)


class _Reader:
    def __init__(self, source: SourceText, scanned: Scanned) -> None:
        self.source = source
        self.scanned = scanned
        self.words = scanned.words
        self.depth = 0

    def expression(self, first: int, end: int) -> Expression:
        """Return what words `first` to `end` are, line breaks around them left out."""
        while first < end and self.words[first].kind is WordKind.NEWLINE:
            first += 1
        while end > first and self.words[end - 1].kind is WordKind.NEWLINE:
            end -= 1
        if first == end:
            return Other(self.source, self.words[first - 1].end, self.words[first - 1].end)
        if self.depth > DEEPEST:
            return Other(*self._place(first, end))
        self.depth += 1
        try:
            return self._expression(first, end)
        finally:
            self.depth -= 1

    def _expression(self, first: int, end: int) -> Expression:
        word = self.words[first]
        says = self.scanned.says(first)
        place = self._place(first, end)
        whole = self.scanned.partner[first] == end - 1
        if word.kind is WordKind.NUMBER and end == first + 1:
            return Number(*place, float(says))
        if word.kind is WordKind.OPEN and whole:
            match says:
                case '"':
                    return self.template(first + 1, end - 1, (place[1], place[2]), unquoted)
                case "(":
                    return self.expression(first + 1, end - 1)
                case "[":
                    return self._elements(first, end)
                case "{":
                    return self._items(first, end)
        if word.kind is WordKind.NAME:
            if says == "null" and end == first + 1:
                return Null(*place)
            if end > first + 1 and self.scanned.says(first + 1) == "(":
                if self.scanned.partner[first + 1] == end - 1:
                    arguments = tuple(self._parts(first + 2, end - 1, lines_part=False))
                    return FunctionCall(*place, says, arguments)
            else:
                steps = self._steps(first + 1, end)
                if steps is not None and says not in ("true", "false"):
                    return ValueReference(*place, says, steps)
        return Other(*place)

    def template(
        self, first: int, end: int, place: tuple[int, int], meaning: Callable[[str], str]
    ) -> Expression:
        """Return a template: its words are `first` to `end`, its quotes, where it has any, are in `place`."""
        parts: list[str | Expression] = []
        at = first
        while at < end:
            word = self.words[at]
            if word.kind is WordKind.LITERAL:
                parts.append(meaning(self.source.text[word.start : word.end]))
                at += 1
                continue
            closed = self.scanned.partner[at]
            if self.scanned.says(at).startswith("%"):
                return Other(self.source, *place)  # a condition or a loop
            parts.append(self.expression(at + 1, closed))
            at = closed + 1
        if all(isinstance(part, str) for part in parts):
            return PlainText(self.source, *place, "".join(map(str, parts)))
        if len(parts) == 1 and not isinstance(parts[0], str):
            return parts[0]  # "${var.x}" is var.x
        return TemplateText(self.source, *place, tuple(parts))

    def _elements(self, first: int, end: int) -> Expression:
        place = self._place(first, end)
        if first + 1 < end - 1 and self._is_for(first + 1):
            return Other(*place)
        return Elements(*place, tuple(self._parts(first + 1, end - 1, lines_part=False)))

    def _items(self, first: int, end: int) -> Expression:
        place = self._place(first, end)
        pairs = []
        for begin, stop in self._spans(first + 1, end - 1, lines_part=True):
            equals = next(
                (
                    at
                    for at in self._level(begin, stop)
                    if self.words[at].kind is WordKind.SIGN and self.scanned.says(at) in ("=", ":")
                ),
                None,
            )
            if equals is None or equals == begin or equals + 1 == stop:
                return Other(*place)  # a `for`, or no HCL
            pairs.append((self._key(begin, equals), self.expression(equals + 1, stop)))
        return Items(*place, tuple(pairs))

    def _key(self, first: int, end: int) -> str | Expression:
        if end == first + 1 and self.words[first].kind in (WordKind.NAME, WordKind.NUMBER):
            return self.scanned.says(first)
        key = self.expression(first, end)
        return key.value if isinstance(key, PlainText) else key

    def _steps(self, first: int, end: int) -> tuple[str | int | Expression, ...] | None:
        """The steps after the first name of a reference; None where it is something else."""
        steps: list[str | int | Expression] = []
        at = first
        while at < end:
            says = self.scanned.says(at)
            if says == "." and at + 1 < end:
                step = self.scanned.says(at + 1)
                if self.words[at + 1].kind is WordKind.NAME:
                    steps.append(step)
                elif _ELEMENT.fullmatch(step):
                    steps.append(int(step))
                else:
                    return None
                at += 2
            elif says == "[" and self.words[at].kind is WordKind.OPEN:
                index = self.expression(at + 1, self.scanned.partner[at])
                if isinstance(index, Other):
                    return None
                steps.append(_constant(index))
                at = self.scanned.partner[at] + 1
            else:
                return None
        return tuple(steps)

    def _parts(self, first: int, end: int, *, lines_part: bool) -> Iterator[Expression]:
        for begin, stop in self._spans(first, end, lines_part=lines_part):
            yield self.expression(begin, stop)

    def _spans(self, first: int, end: int, *, lines_part: bool) -> Iterator[tuple[int, int]]:
        """The stretches between commas, and between lines where these part items, too; no empty ones."""
        begin = first
        for at in (*self._level(first, end), end):
            if at == end or self._parts_at(at, lines_part=lines_part):
                if any(self.words[one].kind is not WordKind.NEWLINE for one in range(begin, at)):
                    yield begin, at
                begin = at + 1

    def _parts_at(self, at: int, *, lines_part: bool) -> bool:
        kind = self.words[at].kind
        if kind is WordKind.NEWLINE:
            return lines_part
        return kind is WordKind.SIGN and self.scanned.says(at) == ","

    def _level(self, first: int, end: int) -> Iterator[int]:
        """The indexes of the words at this level: of what is in brackets, only the brackets."""
        at = first
        while at < end:
            yield at
            partner = self.scanned.partner[at]
            at = partner if partner > at else at + 1

    def _is_for(self, at: int) -> bool:
        while self.words[at].kind is WordKind.NEWLINE:
            at += 1
        return self.words[at].kind is WordKind.NAME and self.scanned.says(at) == "for"

    def _place(self, first: int, end: int) -> tuple[SourceText, int, int]:
        return self.source, self.words[first].start, self.words[end - 1].end


def _constant(index: Expression) -> str | int | Expression:
    if isinstance(index, PlainText):
        return index.value
    if isinstance(index, Number) and index.value.is_integer():
        return int(index.value)
    return index
