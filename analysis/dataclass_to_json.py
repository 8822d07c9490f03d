"""How a dataclass is written as JSON, said once: who writes and the schema of what is written go by it.

The schemas (diag/schemas) are drawn from types. Where a writer makes an object of a dataclass, its type is
`Annotated[JsonObject, Written(TheDataclass)]`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Any

JsonObject = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """An object with the fields of a dataclass for its keys; fields of fields are the same in turn."""

    kind: type
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Field -> key, where they differ."""
    left_out: frozenset[str] = frozenset()
    """Fields that are not written."""
    added: tuple[type, ...] = ()
    """TypedDicts of keys beside the fields, or with another value than the field of that name."""

    def of(self, value: Any, *added: Mapping[str, object]) -> JsonObject:
        """Return `value`, an instance of `kind`, as JSON reads it back; a number that is none (NaN) is null.

        `added`: the values of `self.added`.
        """
        body = {
            self.renamed.get(each.name, each.name): _plain(getattr(value, each.name))
            for each in fields(value)
            if each.name not in self.left_out
        }
        for each in added:
            body.update(each)
        return body


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    match value:
        case Enum():
            return value.value
        case float() if not math.isfinite(value):
            return None
        case list() | tuple():
            return [_plain(one) for one in value]
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
        case _:
            return value
