"""A text of a configuration file, and where in the file something stands."""

from dataclasses import dataclass
from pathlib import Path

from diag.terraform.syntax.words import Scanned


@dataclass(frozen=True, slots=True)
class Where:
    """A place for people: the file as it is shown, and the line, from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        """Return `main.tf:12`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, eq=False)
class SourceText:
    """The text of a file, or of a template within a string of a JSON file (`outer`: the file, `begins_at`:
    the string). Only what stands in a file itself can be edited."""

    path: Path
    """The file itself, links followed."""
    shown: str
    text: str
    outer: "SourceText | None" = None
    begins_at: int = 0

    @property
    def editable(self) -> bool:
        """Return whether a place in this text is a place in the file."""
        return self.outer is None

    def in_file(self, offset: int) -> int:
        """Return the offset in the file; of a template that of its string."""
        return offset if self.outer is None else self.begins_at

    def where(self, offset: int) -> Where:
        """Return the place for people."""
        whole = self.outer or self
        return Where(self.shown, whole.text.count("\n", 0, self.in_file(offset)) + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """Words `first` up to `end` (not included) of a source: an expression, or a body."""

    source: SourceText
    scanned: Scanned
    first: int
    end: int
