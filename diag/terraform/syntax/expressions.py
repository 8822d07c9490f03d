"""Expressions, as far as they have to be understood; all else is `Other`. Each knows where it stands."""

from dataclasses import dataclass

from diag.terraform.syntax.source import SourceText, Where


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """An expression at `source.text[start:end]`."""

    source: SourceText
    start: int
    end: int

    @property
    def where(self) -> Where:
        """Return the file and the line."""
        return self.source.where(self.start)


@dataclass(frozen=True, slots=True, eq=False)
class Number(Placed):
    """A number that is written out."""

    value: float


@dataclass(frozen=True, slots=True, eq=False)
class PlainText(Placed):
    """A string that is written out, in quotes and without any `${ }`."""

    value: str


@dataclass(frozen=True, slots=True, eq=False)
class Null(Placed):
    """`null`: as if the argument were not there."""


@dataclass(frozen=True, slots=True, eq=False)
class TemplateText(Placed):
    """A string with `${ }` in it: pieces of text and expressions in their order."""

    parts: tuple["str | Expression", ...]


@dataclass(frozen=True, slots=True, eq=False)
class ValueReference(Placed):
    """`var.timeouts["a"]`: ("var", "timeouts", "a"). An index that is no constant is an expression."""

    root: str
    steps: tuple["str | int | Expression", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Items(Placed):
    """An object that is written out: keys (a text, or an expression where it is computed) and values."""

    pairs: tuple[tuple["str | Expression", "Expression"], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Elements(Placed):
    """A list that is written out."""

    values: tuple["Expression", ...]


@dataclass(frozen=True, slots=True, eq=False)
class FunctionCall(Placed):
    """A call of a function."""

    function: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Other(Placed):
    """Anything else: an operator, a condition, a `for`."""


Expression = (
    Number | PlainText | Null | TemplateText | ValueReference | Items | Elements | FunctionCall | Other
)
