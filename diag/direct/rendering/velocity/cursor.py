"""A place in a template that moves forward, and what was found on the way that is not supported."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from diag.direct.rendering.velocity.syntax_tree import Block

MAX_NESTING: Final = 50
"""Directives, parentheses and texts within each other. The platform's own limit for JSON is 50 levels."""


MAX_OPERATORS: Final = 300
"""In one template: its tree is never deeper than it has operators."""


class NotVelocityError(Exception):
    """The template cannot be read; the message says what stands where."""


@dataclass(slots=True)
class Cursor:
    """`position` only ever grows, so that reading takes time in proportion to the template."""

    source: str
    read_block: "Callable[[Cursor], Block]"
    """What reads a template within a text in double quotes."""
    position: int = 0
    depth: int = 0
    operators: int = 0
    refused: list[str] = field(default_factory=list)

    def into(self, text: str) -> "Cursor":
        """Return a place in a text of this template, as deep as this one."""
        return Cursor(text, self.read_block, 0, self.depth, self.operators, self.refused)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return what matches here, and move behind it."""
        found = pattern.match(self.source, self.position)
        if found is not None:
            self.position = found.end()
        return found

    def need(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        """Return what matches here. Raises `NotVelocityError` where it does not."""
        found = self.take(pattern)
        if found is None:
            raise self.error(f"expected {what}")
        return found

    def skip(self, sign: str) -> bool:
        """Return whether this sign stands here, and move behind it."""
        stands = self.source.startswith(sign, self.position)
        if stands:
            self.position += len(sign)
        return stands

    def need_sign(self, sign: str, what: str) -> None:
        """Move behind this sign. Raises `NotVelocityError` where another one stands."""
        if not self.skip(sign):
            raise self.error(f"expected {what}")

    def error(self, what: str) -> NotVelocityError:
        """Return an error that names the place, and nothing of the template's texts."""
        line = self.source.count("\n", 0, self.position) + 1
        column = self.position - self.source.rfind("\n", 0, self.position)
        return NotVelocityError(f"{what} at line {line}, column {column}")

    def count_operator(self) -> None:
        """Count one more operator. Raises `NotVelocityError` beyond `MAX_OPERATORS`."""
        self.operators += 1
        if self.operators > MAX_OPERATORS:
            raise self.error(f"more than {MAX_OPERATORS} operators")

    def refuse(self, construct: str) -> None:
        """Note something that is not rendered, once."""
        if construct not in self.refused:
            self.refused.append(construct)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Count one level deeper. Raises `NotVelocityError` beyond `MAX_NESTING`."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.error(f"more than {MAX_NESTING} levels of nesting")
        yield
        self.depth -= 1
