"""A template as a tree of frozen values: text, references, `#if`, `#set` and expressions."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a truth value, or a text in single quotes."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Interpolated:
    """A text in double quotes that holds references: a template in a template."""

    block: "Block"


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[1, $x]`."""

    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class MapLiteral:
    """`{"a": $x}`."""

    entries: tuple[tuple["Expression", "Expression"], ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """Two operands and what stands between them, by its sign: `and` is `&&`."""

    sign: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Negation:
    """`!$x`, `not $x`."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Property:
    """`.name` behind a reference."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """`.name(arguments)` behind a reference."""

    name: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Index:
    """`[0]` behind a reference."""

    key: "Expression"


Step: TypeAlias = Property | Call | Index


@dataclass(frozen=True, slots=True)
class Reference:
    """`$!{root.step}`. `source` is how it stands in the template: what it prints where it is null."""

    source: str
    quiet: bool
    root: str
    steps: tuple[Step, ...]
    backslashes: int = 0
    """How many stand before it: they escape it where it has a value."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is printed as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Branch:
    """One condition of an `#if` and what it guards."""

    condition: "Expression"
    block: "Block"


@dataclass(frozen=True, slots=True)
class If:
    """`#if … #elseif … #else … #end`."""

    branches: tuple[Branch, ...]
    otherwise: "Block"


@dataclass(frozen=True, slots=True)
class SetVariable:
    """`#set($name = value)`."""

    name: str
    value: "Expression"


@dataclass(frozen=True, slots=True)
class Block:
    """Parts in the order they are printed."""

    parts: tuple["Part", ...]


Part: TypeAlias = Text | Reference | If | SetVariable
Expression: TypeAlias = Literal | Interpolated | ListLiteral | MapLiteral | Operation | Negation | Reference
