"""Reads a TOML table key by key, and says exactly what is wrong with it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from diag.sandbox.errors import ScenarioError

_T = TypeVar("_T")


class Table:
    """A TOML table that knows where it stands in the file and which keys were read.

    Every reader raises ScenarioError naming the place; `done()` refuses keys nobody asked for, so that a
    misspelt key is an error and not a silent default.
    """

    def __init__(self, values: Mapping[str, object], where: str, folder: Path = Path()) -> None:
        self._values = dict(values)
        self._where = where
        self.folder = folder
        """Where files named in the table are looked for."""

    def number(self, key: str, default: float | None = None, *, above: float = float("-inf")) -> float:
        """A number greater than `above`; required when there is no default."""
        value = self._values.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, "must be a number" if value is not None else "is missing")
        if not value > above:
            raise self.wrong(key, f"is {value}, must be greater than {above:g}")
        return float(value)

    def share(self, key: str, default: float | None = None) -> float:
        """A number from 0 to 1."""
        value = self.number(key, default)
        if not 0.0 <= value <= 1.0:
            raise self.wrong(key, f"is {value}, must be from 0 to 1")
        return value

    def integer(self, key: str, default: int | None = None, *, low: int, high: int) -> int:
        """A whole number from `low` to `high`; required when there is no default."""
        value = self._values.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(key, "must be a whole number" if value is not None else "is missing")
        if not low <= value <= high:
            raise self.wrong(key, f"is {value}, must be from {low} to {high}")
        return value

    def text(
        self, key: str, default: str | None = None, *, choices: tuple[str, ...] = (), keep: bool = False
    ) -> str:
        """A string, one of `choices` if any; required when there is no default. `keep`: may be read again."""
        value = self._values.get(key, default)
        if not keep:
            self._values.pop(key, None)
        if not isinstance(value, str):
            raise self.wrong(key, "must be text" if value is not None else "is missing")
        if choices and value not in choices:
            raise self.wrong(key, f"is {value!r}, must be one of: {', '.join(choices)}")
        return value

    def texts(self, key: str, *, choices: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of strings, each one of `choices` if any; empty when it is missing."""
        value = self._values.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, "must be a list of text")
        for item in value:
            if choices and item not in choices:
                raise self.wrong(key, f"has {item!r}, must be of: {', '.join(choices)}")
        return tuple(value)

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._values.pop(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "must be true or false")
        return value

    def table(self, key: str) -> "Table | None":
        """A table inside this one, if it is there."""
        value = self._values.pop(key, None)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.wrong(key, "must be a table")
        return Table(value, f"{self._where}, {key}", self.folder)

    def tables(self, key: str, name_key: str = "name") -> "list[Table]":
        """A list of tables, each called by its `name_key` in messages."""
        value = self._values.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(key, "must be a list of tables")
        return [
            Table(item, f"{self._where}, {key} {item.get(name_key, f'number {i}')!r}", self.folder)
            for i, item in enumerate(value, 1)
        ]

    def plain(self, key: str) -> dict[str, object]:
        """A table as it is, for JSON that is passed on; empty when it is missing."""
        value = self._values.pop(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, "must be a table")
        return value

    def has(self, key: str) -> bool:
        """Whether the key is there and not read yet."""
        return key in self._values

    def done(self, result: _T) -> _T:
        """`result`, once every key of the table has been read."""
        if self._values:
            unknown = ", ".join(sorted(self._values))
            raise ScenarioError(
                f"{self._where}: unknown key: {unknown}",
                hint="Check the spelling against diag/sandbox/scenarios/demo.toml.",
            )
        return result

    def wrong(self, key: str, what: str) -> ScenarioError:
        """An error about one key of this table."""
        return ScenarioError(f"{self._where}: {key} {what}")
