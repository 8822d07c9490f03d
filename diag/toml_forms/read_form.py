"""Reads a table into the dataclass that describes it. What is wrong is said as `TomlSection` says it."""

from collections.abc import Collection, Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin

from analysis.format.json_to_dataclass import Between
from diag.toml_forms.durations import RIGHT, seconds
from diag.toml_forms.kinds import Above, FormatVersion, Key, Lasting, Needed, NotEmpty, keys_of
from diag.toml_section import TomlSection

T = TypeVar("T")


def read_form(table: TomlSection, kind: type[T], left_out: Collection[str] = ()) -> T:
    """Return the values of a table; those that are not there are the defaults. Raises what the table raises.

    A key that the dataclass does not have, or that is `left_out`, is refused, and so is a value of another
    kind. Tables inside are handed on unread.
    """
    keys = [key for key in keys_of(kind) if key.field not in left_out]
    table.only([key.name for key in keys])
    return kind(**{key.field: _value(table, key) for key in keys if _is_there(table, key)})


def _is_there(table: TomlSection, key: Key) -> bool:
    """Whether there is a value to read. Raises what the table raises where there must be one."""
    if table.has(key.name):
        return True
    for mark in key.marks:
        if isinstance(mark, Needed):
            raise table.error(f"has no {mark.what or key.name}", mark.hint)
    if key.demanded:
        raise table.wrong(key.name, "is missing")
    return False


def _value(table: TomlSection, key: Key) -> Any:
    for mark in key.marks:
        match mark:
            case Lasting():
                return _duration(table, key.name)
            case FormatVersion():
                return _version(table, key.name, mark.number)
    if key.kind in (int, float):
        return _number(table, key)
    if key.kind is bool:
        return table.flag(key.name)
    if key.kind is TomlSection:
        return table.table(key.name)
    if get_origin(key.kind) is Literal:
        return table.text(key.name, choices=get_args(key.kind))
    if get_origin(key.kind) is tuple:
        is_list_of_tables = get_args(key.kind)[0] is TomlSection
        return table.tables(key.name) if is_list_of_tables else table.texts(key.name)
    if get_origin(key.kind) is not None and issubclass(get_origin(key.kind), Mapping):
        return table.text_map(key.name) if get_args(key.kind)[1] is str else table.mapping(key.name)
    return _text(table, key)


def _number(table: TomlSection, key: Key) -> float:
    bounds: dict[str, float] = {}
    for mark in key.marks:
        if isinstance(mark, Above):
            bounds |= {"above": mark.low, "high": mark.high}
        elif isinstance(mark, Between):
            bounds |= {"low": mark.low, "high": mark.high}
    return table.integer(key.name, **bounds) if key.kind is int else table.number(key.name, **bounds)


def _text(table: TomlSection, key: Key) -> str:
    text = table.text(key.name)
    if text == "" and any(isinstance(mark, NotEmpty) for mark in key.marks):
        raise table.wrong_value(key.name, text, "a text in quotes, not empty")
    return text


def _duration(table: TomlSection, name: str) -> float:
    value = seconds(table.value(name))
    if value is None or value <= 0:
        raise table.wrong_value(name, table.value(name), RIGHT)
    return value


def _version(table: TomlSection, name: str, known: int) -> int:
    version = table.integer(name)
    if version != known:
        raise table.wrong(name, f"is {version}", f"This version of diag reads format {known}.")
    return version
