"""One table of a TOML file, read key by key; knows where it stands, so that errors can say so."""

import difflib
import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from diag.errors import UsageError


class TomlPart:
    """A table and its place (`workload.toml, [[action]] 2`). Every getter raises UsageError."""

    def __init__(self, body: Mapping[str, Any], where: str) -> None:
        self.body = body
        self.where = where

    def only(self, known: frozenset[str]) -> None:
        """Refuse keys nobody knows: a typing mistake would silently change nothing."""
        for key in self.body:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(known))}."
                raise UsageError(f"{self.where} has an unknown setting {key!r}.", hint=hint)

    def fail(self, what: str, hint: str) -> NoReturn:
        """Raise a UsageError about this table."""
        raise UsageError(f"{self.where} {what}.", hint=hint)

    def wrong(self, key: str, value: object, right: str) -> NoReturn:
        """Raise a UsageError about one value."""
        raise UsageError(f"{self.where}: {key} is {value!r}.", hint=f"{key}: {right}.")

    def text(self, key: str) -> str | None:
        """Return a text that is not empty, or None when the key is not there."""
        value = self.body.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value:
            self.wrong(key, value, "use a text in quotes")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a text or a list of texts as a tuple."""
        value = self.body.get(key, [])
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
            self.wrong(key, value, "use a text or a list of texts")
        return tuple(found)

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false, or the default when the key is not there."""
        value = self.body.get(key, default)
        if not isinstance(value, bool):
            self.wrong(key, value, "use true or false")
        return value

    def one_of(self, key: str, choices: Sequence[str], default: str) -> str:
        """Return one of a few words."""
        value = self.body.get(key, default)
        if value not in choices:
            self.wrong(key, value, f"use one of {', '.join(choices)}")
        return str(value)

    def mapping(self, key: str) -> Mapping[str, Any]:
        """Return a table of values as it is; empty when the key is not there."""
        value = self.body.get(key, {})
        if not isinstance(value, Mapping):
            self.wrong(key, value, 'use a table, for example { customerId = "C-1" }')
        return value

    def table(self, key: str) -> "TomlPart":
        """Return a sub-table; an empty one when the key is not there."""
        value = self.body.get(key, {})
        if not isinstance(value, Mapping):
            self.wrong(key, value, f"use a table: [{key}]")
        return TomlPart(value, f"{self.where}, [{key}]")

    def tables(self, key: str) -> tuple["TomlPart", ...]:
        """Return the tables of a list; empty when the key is not there."""
        value = self.body.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            self.wrong(key, "not a list of tables", f"write [[{key}]]")
        return tuple(
            TomlPart(one, f"{self.where}, [[{key}]] {number}") for number, one in enumerate(value, start=1)
        )

    def number(
        self,
        key: str,
        default: float | None,
        *,
        kind: type = float,
        low: float | None = None,
        high: float | None = None,
        above: float | None = None,
    ) -> Any:
        """Return a number within its limits, or the default when the key is not there."""
        value = self.body.get(key)
        if value is None:
            return default
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole and (kind is int or not isinstance(value, float) or not math.isfinite(value)):
            self.wrong(key, value, "use a whole number" if kind is int else "use a number")
        if (
            (low is not None and value < low)
            or (high is not None and value > high)
            or (above is not None and value <= above)
        ):
            bounds = [
                f"above {above:g}" if above is not None else "",
                f"from {low:g}" if low is not None else "",
            ]
            bounds.append(f"up to {high:g}" if high is not None else "")
            self.wrong(key, value, "use a number " + " ".join(filter(None, bounds)))
        return kind(value)
