"""The body of a file or block, in either syntax: arguments by name, blocks by kind.

In JSON only the reader knows whether a key is an argument or a kind of block, so both are asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from diag.terraform.syntax.expressions import Expression
from diag.terraform.syntax.source import SourceText, Where


@dataclass(frozen=True, eq=False)
class Argument:
    """`name = expression`, at `source.text[start:end]`; the expression is read when it is asked for."""

    name: str
    source: SourceText
    start: int
    end: int
    read: Callable[[], Expression]

    @cached_property
    def expression(self) -> Expression:
        """Return the value."""
        return self.read()

    @property
    def where(self) -> Where:
        """Return the file and the line."""
        return self.source.where(self.start)


class Body(Protocol):
    """Arguments and blocks, in the order of the text."""

    @property
    def source(self) -> SourceText:
        """Return the text it stands in."""

    def all_named(self, name: str) -> Sequence[Argument]:
        """Return every argument of this name: one, unless the text is wrong."""

    def arguments(self) -> Sequence[Argument]:
        """Return every argument; of JSON every key."""

    def blocks(self, kind: str, labels: int) -> "Sequence[ConfigBlock]":
        """Return the blocks of this kind that have so many labels."""


@dataclass(frozen=True, slots=True, eq=False)
class ConfigBlock:
    """`kind "label" { ... }`, at `body.source.text[start:end]`."""

    kind: str
    labels: tuple[str, ...]
    body: Body
    start: int
    end: int

    @property
    def where(self) -> Where:
        """Return the file and the line."""
        return self.body.source.where(self.start)
