"""From parsed JSON to a frozen dataclass, every field held to its annotation.

The one reader for what diag wrote into a file and reads again (manifest, plan, recommendations, drafts):
such a file may have been edited, forged or damaged, and a value of another type would be believed.
"""

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Annotated, Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
_Convert = Callable[[object, str], Any]


class WrongShapeError(ValueError):
    """Raised for a value of another type or range; its text says where and what was wanted, not the value."""


@dataclass(frozen=True, slots=True)
class Between:
    """The range of a number, both ends included: `Annotated[int, Between(1, 60)]`.

    `wanted` says what it is, where an error should name more than the range ("a time in Unix seconds").
    """

    low: float
    high: float
    wanted: str | None = None


UnixSeconds = Annotated[float, Between(0, 253_402_300_799, "a time in Unix seconds")]
"""A moment, up to the last second of the year 9999: what a date can show."""
Count = Annotated[int, Between(0, 2**53)]
TimeoutSeconds = Annotated[int, Between(1, 60)]
Share = Annotated[float, Between(0, 1)]
Amount = Annotated[float, Between(0, 1e12)]
"""A time, a rate, a share: nothing measured comes near its end."""


def typed(kind: type[T], value: object, place: str = "", *, closed: bool = False) -> T:
    """Return `value` as a `kind` (a dataclass). Raises WrongShapeError that names the place inside `place`.

    Keys that the dataclass does not have are ignored, or refused where it is `closed`; fields with a default
    may be missing.
    """
    return cast(T, _converter(cast(Hashable, kind), closed)(value, place))


def typed_or_none(kind: type[T], value: object) -> T | None:
    """Return `value` as a `kind`; None for another shape, where a reader leaves out what is not sound."""
    try:
        return typed(kind, value)
    except WrongShapeError:
        return None


def other_version(body: Mapping[str, object], known: int) -> str | None:
    """Return what is wrong with a file's `format_version`, to follow the file's name; None: it is the known.

    `true` is none, though it equals 1. Asked before anything else is read: another version may mean other
    things by the same keys.
    """
    version = body.get("format_version")
    if type(version) is not int:
        stated = "no" if "format_version" not in body else "no whole number as"
        return f"has {stated} format_version, this diag reads {known}"
    return None if version == known else f"has format_version {version}, this diag reads {known}"


@cache
def _converter(annotation: Any, closed: bool) -> _Convert:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        convert = _converter(inner[0], closed)
        for mark in inner[1:]:  # a range within a range is two of them: Python keeps both beside each other
            convert = _ranged(convert, mark) if isinstance(mark, Between) else convert
        return convert
    if origin in (Union, types.UnionType):
        return _any_of(inner, closed)
    if origin is Literal:
        return _one_of(inner)
    if origin is tuple:
        return _tuple(inner, closed)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(_converter(inner[1], closed))
    if isinstance(annotation, type) and is_dataclass(annotation):
        return _dataclass(annotation, closed)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _enum(annotation)
    return _PLAIN.get(annotation, _refused)


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(place, "a text")
    return value


def _whole(value: object, place: str) -> int:
    if type(value) is not int:
        raise _wrong(place, "a whole number")
    return value


def _number(value: object, place: str) -> float:
    if type(value) is not int and type(value) is not float:
        raise _wrong(place, "a number")
    return cast(float, value)  # 60 stays 60: a digest is made over what the file says


def _flag(value: object, place: str) -> bool:
    if type(value) is not bool:
        raise _wrong(place, "true or false")
    return value


def _raw(value: object, place: str) -> bytes:
    if not isinstance(value, bytes):
        raise _wrong(place, "bytes")
    return value


def _refused(value: object, place: str) -> object:
    raise _wrong(place, "something that a file can hold")


_PLAIN: Final[Mapping[Any, _Convert]] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _flag,
    bytes: _raw,
    object: lambda value, place: value,
    Any: lambda value, place: value,
}


def _ranged(convert: _Convert, limits: Between) -> _Convert:
    def ranged(value: object, place: str) -> Any:
        try:
            number = convert(value, place)
        except WrongShapeError:
            if limits.wanted is None:
                raise
            raise _wrong(place, limits.wanted) from None
        if not limits.low <= number <= limits.high:
            raise _wrong(place, limits.wanted or f"from {limits.low:g} to {limits.high:g}")
        return number

    return ranged


def _any_of(kinds: tuple[Any, ...], closed: bool) -> _Convert:
    others = [_converter(kind, closed) for kind in kinds if kind is not type(None)]
    nullable = type(None) in kinds

    def any_of(value: object, place: str) -> Any:
        if value is None and nullable:
            return None
        for convert in others[:-1]:
            try:
                return convert(value, place)
            except WrongShapeError:
                continue
        return others[-1](value, place)

    return any_of


def _one_of(words: tuple[Any, ...]) -> _Convert:
    def one_of(value: object, place: str) -> Any:
        if not any(value == word and type(value) is type(word) for word in words):
            raise _wrong(place, f"one of: {', '.join(map(str, words))}")
        return value

    return one_of


def _enum(kind: type[Enum]) -> _Convert:
    words = {item.value: item for item in kind}

    def enum(value: object, place: str) -> Any:
        if not isinstance(value, str) or value not in words:
            raise _wrong(place, f"one of: {', '.join(words)}")
        return words[value]

    return enum


def _tuple(kinds: tuple[Any, ...], closed: bool) -> _Convert:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        each = _converter(kinds[0], closed)

        def items(value: object, place: str) -> Any:
            if not isinstance(value, list | tuple):
                raise _wrong(place, "a list")
            return tuple(each(item, f"{place}[{number}]") for number, item in enumerate(value))

        return items
    converters = tuple(_converter(kind, closed) for kind in kinds)

    def row(value: object, place: str) -> Any:
        if not isinstance(value, list | tuple) or len(value) != len(converters):
            raise _wrong(place, f"a list of {len(converters)}")
        pairs = enumerate(zip(converters, value, strict=True))
        return tuple(convert(item, f"{place}[{number}]") for number, (convert, item) in pairs)

    return row


def _mapping(each: _Convert) -> _Convert:
    def mapping(value: object, place: str) -> Any:
        if not isinstance(value, Mapping):
            raise _wrong(place, "an object")
        return {str(key): each(item, _below(place, str(key))) for key, item in value.items()}

    return mapping


def _dataclass(kind: type[Any], closed: bool) -> _Convert:
    hints = get_type_hints(kind, include_extras=True)
    converters = {item.name: _converter(hints[item.name], closed) for item in fields(kind) if item.init}
    required = [
        item.name
        for item in fields(kind)
        if item.init and item.default is MISSING and item.default_factory is MISSING
    ]

    def made(value: object, place: str) -> Any:
        if not isinstance(value, Mapping):
            raise _wrong(place, "an object")
        for name in required:
            if name not in value:
                raise WrongShapeError(f"{_below(place, name)} is missing")
        unknown = sorted(str(key) for key in value if key not in converters) if closed else []
        if unknown:
            raise WrongShapeError(f"{_below(place, unknown[0])} is not a field that is known")
        return kind(
            **{
                name: convert(value[name], _below(place, name))
                for name, convert in converters.items()
                if name in value
            }
        )

    return made


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _wrong(place: str, wanted: str) -> WrongShapeError:
    return WrongShapeError(f"{place or 'it'} is not {wanted}")
