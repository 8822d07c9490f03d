"""The models that the official JavaScript SDK declares, and what in a reply they do not have.

Its `index.d.ts` is generated, and regular: an interface for each model with a line for each field, and a line
for each method with the model that it returns. Types are string, number, boolean, object, a model, arrays and
mappings of these.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_METHOD: Final = re.compile(r"^\s+(\w+)\(.*\): Promise<(.+)>;\s*$", re.MULTILINE)
_FIELD: Final = re.compile(r'^\s*"([^"]+)"(\??): (.+?);\s*$', re.MULTILINE)
_ARRAY: Final = re.compile(r"Array<(.+)>")
_MAPPING: Final = re.compile(r"\{ \[key: string\]: (.+); \}")
_SIMPLE: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "void": (),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model: its type as declared, and whether it may be missing."""

    type: str
    optional: bool


class DeclaredModels:
    """The models of one SDK."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._returned = dict(_METHOD.findall(text))
        self._fields: dict[str, dict[str, Field]] = {}

    @classmethod
    def of(cls, folder: Path) -> "DeclaredModels":
        """Return those of the SDK in this folder."""
        return cls((folder / "index.d.ts").read_text(encoding="utf-8"))

    def returned_by(self, method: str) -> str:
        """Return the type that a method of the SDK returns. Raises KeyError for one it does not have."""
        found: str = self._returned[method]
        return found

    def fields(self, model: str) -> Mapping[str, Field]:
        """Return the fields of a model by name. Raises KeyError for one that is not declared."""
        if model not in self._fields:
            begin = self._text.find(f"export interface {model} {{")
            if begin < 0:
                raise KeyError(model)
            body = self._text[begin : self._text.index("\n\t}", begin)]
            self._fields[model] = {
                name: Field(kind.strip(), optional == "?") for name, optional, kind in _FIELD.findall(body)
            }
        return self._fields[model]

    def deviations(self, value: object, declared: str, place: str = "") -> Iterator[str]:
        """Yield what is not as declared, each as `Model.field: what`, with null and missing fields."""
        if declared in ("object", "any"):
            return
        if array := _ARRAY.fullmatch(declared):
            if not isinstance(value, list):
                yield f"{place}: {_kind(value)} instead of a list"
                return
            for one in value:
                yield from self.deviations(one, array[1], place)
            return
        if mapping := _MAPPING.fullmatch(declared):
            if not isinstance(value, dict):
                yield f"{place}: {_kind(value)} instead of a mapping"
                return
            for one in value.values():
                yield from self.deviations(one, mapping[1], place)
            return
        if declared.startswith("Models."):
            yield from self._model_deviations(value, declared.removeprefix("Models."), place)
            return
        if not isinstance(value, _SIMPLE[declared]) or (declared == "number" and isinstance(value, bool)):
            yield f"{place}: {_kind(value)} instead of {declared}"

    def _model_deviations(self, value: object, model: str, place: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{place or model}: {_kind(value)} instead of {model}"
            return
        declared = self.fields(model)
        for name, one in value.items():
            if name in declared:
                yield from self.deviations(one, declared[name].type, f"{model}.{name}")
            else:
                yield f"{model}.{name}: not declared"
        for name, field in declared.items():
            if not field.optional and name not in value:
                yield f"{model}.{name}: missing"


def _kind(value: object) -> str:
    return "null" if value is None else type(value).__name__
