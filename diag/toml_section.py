"""Reads one table of a TOML file key by key. It knows where it stands, so that an error names the place.

Every error has two parts: what is wrong where, and what would be right. Its type is the caller's.
"""

import difflib
import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, overload

from analysis.format.input_file import MakeError
from analysis.value_words import kind_of_value

_T = TypeVar("_T")
_D = TypeVar("_D")


class _Required:
    pass


_REQUIRED: Final = _Required()


class TomlSection:
    """A table and its place (`workload.toml, [[action]] 2`). Every reader raises an error made by `error`.

    A reader without a default requires its key. `folder`: where files named in the table are found.
    """

    def __init__(
        self, body: Mapping[str, Any], where: str, error: MakeError, *, folder: Path = Path()
    ) -> None:
        self.where = where
        self.folder = folder
        self._body = body
        self.make_error = error
        self._asked: set[str] = set()

    def has(self, key: str) -> bool:
        """Return whether the key is there; it counts as asked for."""
        self._asked.add(key)
        return key in self._body

    def only(self, known: Collection[str]) -> None:
        """Refuse other keys: a misspelt one must not be a silent default."""
        for key in self._body:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(known))}."
                raise self.make_error(f"{self.where} has an unknown setting {key!r}.", hint=hint)

    def done(self, result: _T) -> _T:
        """Return `result`; refuse keys that were never asked for."""
        self.only(self._asked)
        return result

    def error(self, what: str, hint: str | None = None) -> Exception:
        """Return an error about this table: `what` follows its place."""
        return self.make_error(f"{self.where} {what}.", hint=hint)

    def wrong(self, key: str, what: str, hint: str | None = None) -> Exception:
        """Return an error about one key: `what` follows its name."""
        return self.make_error(f"{self.where}: {key} {what}.", hint=hint)

    def wrong_value(self, key: str, value: object, right: str) -> Exception:
        """Return an error about a value; `right` follows `must be`. A list or a table is not repeated: inputs
        may have been put there."""
        shown = kind_of_value(value) if isinstance(value, list | Mapping) else f"{value!r:.80}"
        return self.wrong(key, f"is {shown}", f"{key} must be {right}.")

    @overload
    def number(self, key: str, *, above: float = ..., low: float = ..., high: float = ...) -> float: ...
    @overload
    def number(
        self, key: str, default: _D, *, above: float = ..., low: float = ..., high: float = ...
    ) -> float | _D: ...
    def number(
        self,
        key: str,
        default: object = _REQUIRED,
        *,
        above: float = -math.inf,
        low: float = -math.inf,
        high: float = math.inf,
    ) -> object:
        """Return a finite number above `above`, from `low` to `high`."""
        value = self._value(key, default)
        if not self.has(key):
            return value
        right = _bounds("a number", above, low, high)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.wrong_value(key, value, right)
        if value <= above or not low <= value <= high:
            raise self.wrong_value(key, value, right)
        return float(value)

    def share(self, key: str, default: float | None = None) -> float:
        """Return a number from 0 to 1."""
        if default is None:
            return self.number(key, low=0, high=1)
        return self.number(key, default, low=0, high=1)

    @overload
    def integer(self, key: str, *, low: float = ..., high: float = ...) -> int: ...
    @overload
    def integer(self, key: str, default: _D, *, low: float = ..., high: float = ...) -> int | _D: ...
    def integer(
        self, key: str, default: object = _REQUIRED, *, low: float = -math.inf, high: float = math.inf
    ) -> object:
        """Return a whole number from `low` to `high`."""
        value = self._value(key, default)
        if not self.has(key):
            return value
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong_value(key, value, _bounds("a whole number", -math.inf, low, high))
        return value

    @overload
    def text(self, key: str, *, choices: Sequence[str] = ...) -> str: ...
    @overload
    def text(self, key: str, default: _D, *, choices: Sequence[str] = ...) -> str | _D: ...
    def text(self, key: str, default: object = _REQUIRED, *, choices: Sequence[str] = ()) -> object:
        """Return a text, one of `choices` if there are any."""
        value = self._value(key, default)
        if not self.has(key):
            return value
        if choices and value not in choices:
            raise self.wrong_value(key, value, f"one of: {', '.join(choices)}")
        if not isinstance(value, str):
            raise self.wrong_value(key, value, "a text in quotes")
        return value

    def texts(self, key: str, *, choices: Sequence[str] = ()) -> tuple[str, ...]:
        """Return a text or a list of texts as a tuple; empty when the key is not there."""
        value = self._value(key, [])
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
            raise self.wrong_value(key, value, "a text or a list of texts")
        for text in texts:
            if choices and text not in choices:
                raise self.wrong(key, f"has {text!r}", f"{key} must be of: {', '.join(choices)}.")
        return tuple(texts)

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self._value(key, default)
        if not isinstance(value, bool):
            raise self.wrong_value(key, value, "true or false")
        return value

    def value(self, key: str) -> Any:
        """Return a value as it is; None when the key is not there."""
        return self._value(key, None)

    def mapping(self, key: str) -> dict[str, Any]:
        """Return a table of values as it is; empty when the key is not there. An error does not repeat what
        stands there instead: it may be an input."""
        value = self._value(key, {})
        if not isinstance(value, Mapping):
            example = f'{key} must be a table, for example {{ customerId = "C-1" }}.'
            raise self.wrong(key, f"is {kind_of_value(value)}", example)
        return dict(value)

    def text_map(self, key: str) -> dict[str, str]:
        """Return a table of texts, none of them empty; empty when the key is not there."""
        found = self.mapping(key)
        for name, value in found.items():
            if not isinstance(value, str) or not value.strip():
                raise self.wrong_value(f"{key}.{name}", value, "a text")
        return found

    def table(self, key: str) -> "TomlSection | None":
        """Return a table inside this one; None when the key is not there."""
        value = self._value(key, None)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self.wrong_value(key, value, f"a table: [{key}]")
        return self._inside(value, f"[{key}]")

    def tables(self, key: str, name_key: str | None = None) -> tuple["TomlSection", ...]:
        """Return the tables of a list, called by their `name_key` in messages, or by number."""
        value = self._value(key, [])
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            raise self.wrong(key, "is not a list of tables", f"Write [[{key}]].")
        return tuple(
            self._inside(each, f"{key} {each[name_key]!r}" if name_key in each else f"[[{key}]] {number}")
            for number, each in enumerate(value, start=1)
        )

    def _value(self, key: str, default: object) -> Any:
        self._asked.add(key)
        value = self._body.get(key, default)
        if value is _REQUIRED:
            raise self.wrong(key, "is missing")
        return value

    def _inside(self, body: Mapping[str, Any], name: str) -> "TomlSection":
        return TomlSection(body, f"{self.where}, {name}", self.make_error, folder=self.folder)


def _bounds(kind: Literal["a number", "a whole number"], above: float, low: float, high: float) -> str:
    bounds = [
        f"above {above:,.10g}" if above > -math.inf else "",
        f"from {low:,.10g}" if low > -math.inf else "",
        f"{'to' if low > -math.inf else 'up to'} {high:,.10g}" if high < math.inf else "",
    ]
    return " ".join([kind, *filter(None, bounds)])
