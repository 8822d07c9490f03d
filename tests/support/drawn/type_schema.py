"""From the types that writers fill and readers demand to JSON Schema (2020-12).

What may stand in a type is what `analysis.format.json_to_dataclass` reads, TypedDicts, and `Written`.
"""

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import partial
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from analysis.dataclass_to_json import Written
from analysis.format.json_to_dataclass import Between
from tests.support.drawn.docstrings import about_class, about_fields

Schema = dict[str, Any]

NULL: Final[Schema] = {"type": "null"}
_PLAIN: Final[Mapping[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): NULL,
    date: {"type": "string", "format": "date"},
    object: {},
    Any: {},
}


@dataclass(slots=True)
class SchemaMaker:
    """Makes one document; each class of it is one of `defs`.

    `all_written`: every field is always there, as in what is printed. Else those with a default may be
    missing, as in a file that an older diag wrote.
    """

    all_written: bool = True
    defs: dict[str, Schema] = field(default_factory=dict)
    _names: dict[Hashable, str] = field(default_factory=dict)

    def document(self, kind: Any) -> Schema:
        """Return the schema of a whole document; those of its parts stand in `$defs`."""
        root = self.of(kind)
        if "$ref" in root:
            root = self.defs.pop(root["$ref"].removeprefix("#/$defs/"))
        return {**root, "$defs": dict(sorted(self.defs.items()))} if self.defs else root

    def of(self, kind: Any) -> Schema:
        """Return the schema of a type. Raises TypeError for one that no file holds."""
        origin, inner = get_origin(kind), get_args(kind)
        if origin is Annotated:
            return self._annotated(inner[0], inner[1:])
        if origin in (Union, types.UnionType):
            return _any_of([self.of(each) for each in inner])
        if origin is Literal:
            return _words(inner)
        if origin in (list, tuple):
            return self._list(origin, inner)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(inner[1])}
        if isinstance(kind, type) and issubclass(kind, Enum):
            return {**_words([one.value for one in kind]), **_described(about_class(kind))}
        if isinstance(kind, type) and (is_dataclass(kind) or is_typeddict(kind)):
            return self._named(kind, kind, partial(self._object, Written(kind)))
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        raise TypeError(f"{kind} is nothing that JSON holds")

    def _annotated(self, kind: Any, marks: tuple[object, ...]) -> Schema:
        for mark in marks:
            if isinstance(mark, Written):
                as_it_is = not (mark.renamed or mark.left_out or mark.added)
                return self._named(mark.kind if as_it_is else mark, mark.kind, partial(self._object, mark))
        body = self.of(kind)
        for mark in marks:
            if isinstance(mark, Between):
                body |= {"minimum": mark.low, "maximum": mark.high}
        return body

    def _named(self, key: Hashable, kind: type[Any], make: Callable[[], Schema]) -> Schema:
        if key not in self._names:
            names = (kind.__name__, *(f"{kind.__name__}{number}" for number in range(2, 10)))
            self._names[key] = next(name for name in names if name not in self._names.values())
            self.defs[self._names[key]] = make()
        return {"$ref": f"#/$defs/{self._names[key]}"}

    def _object(self, how: Written) -> Schema:
        properties, required = self._fields(how.kind)
        kept = [name for name in properties if name not in how.left_out]
        body = {how.renamed.get(name, name): properties[name] for name in kept}
        needed = [how.renamed.get(name, name) for name in required if name in kept]
        for more in how.added:
            added, always = self._fields(more)
            body |= added
            needed = [*(name for name in needed if name not in added), *always]
        return {
            "type": "object",
            **_described(about_class(how.kind)),
            "properties": body,
            "required": needed,
            "additionalProperties": False,
        }

    def _fields(self, kind: type[Any]) -> tuple[dict[str, Schema], list[str]]:
        """Return the schema of each field, and the names of those that are always there."""
        hints, texts = get_type_hints(kind, include_extras=True), about_fields(kind)
        if is_dataclass(kind):
            own = [each for each in fields(kind) if each.init]
            names = [each.name for each in own]
            always = [each.name for each in own if self.all_written or _is_demanded(each)]
        else:
            names = list(hints)
            always = [name for name in names if name in kind.__dict__["__required_keys__"]]
        return {
            name: {**self.of(_bare(hints[name])), **_described(texts.get(name))} for name in names
        }, always

    def _list(self, origin: Any, inner: tuple[Any, ...]) -> Schema:
        if origin is list or inner[1:] == (Ellipsis,):
            return {"type": "array", "items": self.of(inner[0])}
        places = [self.of(each) for each in inner]
        return {"type": "array", "prefixItems": places, "items": False, "minItems": len(places)}


def _any_of(found: list[Schema]) -> Schema:
    if all(one.keys() == {"type"} for one in found):
        return {"type": [one["type"] for one in found]}
    others = [one for one in found if one != NULL]
    only = others[0] if len(others) == 1 else {}
    if not isinstance(only.get("type"), str):
        return {"anyOf": found}
    return {
        **only,
        "type": [only["type"], "null"],
        **({"enum": [*only["enum"], None]} if "enum" in only else {}),
    }


def _words(words: Any) -> Schema:
    values = list(words)
    if len(values) == 1:
        return {"const": values[0]}
    (kind,) = {type(value) for value in values}
    return {**_PLAIN[kind], "enum": values}


def _bare(hint: Any) -> Any:
    """Return a TypedDict's field without what says whether it is always there."""
    return get_args(hint)[0] if get_origin(hint) in (NotRequired, Required) else hint


def _is_demanded(each: "Field[Any]") -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _described(text: str | None) -> Schema:
    return {"description": text} if text else {}
