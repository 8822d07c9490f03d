"""What the value of a key may be, where its type alone does not say it: marks for `Annotated`.

`Between` (analysis/format/json_to_dataclass.py) is one of them. A field is the key of its name; a `Duration`
is written without its unit: the field `window_s` is the key `window`, and holds seconds.
"""

import types
from collections.abc import Hashable
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

from diag.toml_section import TomlSection


@dataclass(frozen=True, slots=True)
class Above:
    """A number above `low`, up to `high`."""

    low: float
    high: float = float("inf")


@dataclass(frozen=True, slots=True)
class Lasting:
    """Seconds, or a text such as "90s", "10m", "1h30m"; more than nothing."""


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """A text that is not empty, or a list that is not; of a list the reader says why."""


@dataclass(frozen=True, slots=True)
class Needed:
    """It must be there. Where it is not, the table "has no" `what` (its key, unless it is said here)."""

    hint: str
    what: str | None = None


@dataclass(frozen=True, slots=True)
class Like:
    """A text, or texts, of this form, as far as a pattern can say it; the reader says what is wrong."""

    pattern: str
    example: str


@dataclass(frozen=True, slots=True)
class Each:
    """A table of numbers, each above this, up to `high`; the reader knows what its keys are."""

    above: float
    high: float = float("inf")


@dataclass(frozen=True, slots=True)
class FormatVersion:
    """The version of the format: this one only."""

    number: int


@dataclass(frozen=True, slots=True)
class InTable:
    """A table, or a list of tables, with the fields of a dataclass for its keys, less those `left_out`."""

    kind: type
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ExactlyOne:
    """Of these keys of its table exactly one is there; it stands at the first of them."""

    keys: tuple[str, ...]


Duration = Annotated[float, Lasting()]
Name = Annotated[str, NotEmpty()]
Texts = tuple[str, ...]
"""One text, or a list of texts."""
Inner = TomlSection | None
"""A table inside, still to be read: `Annotated[Inner, InTable(Kind)]`."""
Inners = tuple[TomlSection, ...]
"""A list of tables: `Annotated[Inners, InTable(Kind)]`."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table: the field it fills, its type without None, and its marks."""

    name: str
    field: str
    kind: Any
    marks: tuple[Any, ...]
    demanded: bool
    default: object


def keys_of(kind: type[Any]) -> tuple[Key, ...]:
    """Return the keys of a table that a dataclass describes, in its order."""
    return _keys(cast(Hashable, kind))


@cache
def _keys(kind: Any) -> tuple[Key, ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        _key(each.name, hints[each.name], each.default, each.default_factory) for each in fields(kind)
    )


def _key(name: str, hint: Any, default: object, factory: object) -> Key:
    kind, marks = _parts(hint)
    lasts = any(isinstance(mark, Lasting) for mark in marks)
    return Key(
        name=name.removesuffix("_s") if lasts else name,
        field=name,
        kind=kind,
        marks=marks,
        demanded=default is MISSING and factory is MISSING,
        default=None if default is MISSING else default,
    )


def _parts(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return the type without None, and the marks of all its parts."""
    if get_origin(hint) is Annotated:
        kind, marks = _parts(hint.__origin__)
        return kind, (*marks, *hint.__metadata__)
    if get_origin(hint) in (Union, types.UnionType):
        (other,) = (part for part in get_args(hint) if part is not type(None))
        return _parts(other)
    return hint, ()
