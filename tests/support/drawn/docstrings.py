"""What the docstrings of a class say: of the class itself, and of each of its fields or members."""

import ast
import inspect
import re
import sys
from pathlib import Path
from typing import Any, Final

from tests.support.source_files import HOUSES, ROOT, nodes_of

_ABOUT_ERRORS: Final = re.compile(r"\s*Raises?\b.*", re.DOTALL)
_NOT_JSON: Final = {"None": "null", "True": "true", "False": "false"}


def about_class(kind: type[Any]) -> str:
    """Return the class's docstring as one line, without what it says of errors; empty: a made-up one."""
    text = kind.__dict__.get("__doc__") or ""
    if text.startswith(f"{kind.__name__}("):  # written by `dataclass` where there is none
        return ""
    return plain(_ABOUT_ERRORS.sub("", inspect.cleandoc(text)))


def about_fields(kind: type[Any]) -> dict[str, str]:
    """Return the text below each field, those of the classes it extends included."""
    found: dict[str, str] = {}
    for each in reversed([kind, *bases(kind)]):
        found.update(_of_body(each))
    return found


def bases(kind: type[Any]) -> list[type[Any]]:
    """Return the classes of this program that it extends; of a TypedDict only its definition knows them."""
    found: list[type[Any]] = []
    for one in (*kind.__mro__[1:], *getattr(kind, "__orig_bases__", ())):
        if isinstance(one, type) and one.__module__.split(".")[0] in HOUSES:
            found += [one, *bases(one)]
    return list(dict.fromkeys(found))


def plain(text: str) -> str:
    """Return text of a docstring as one line, in the words of JSON: null for None."""
    return re.sub(r"\b(None|True|False)\b(?! of\b)", _in_json, " ".join(text.split()))


def _in_json(found: re.Match[str]) -> str:
    word, before = _NOT_JSON[found[1]], found.string[: found.start()].rstrip()
    return word.capitalize() if not before or before.endswith((".", "?")) else word


def _of_body(kind: type[Any]) -> dict[str, str]:
    definition = _definition(kind)
    if definition is None:  # made without a class statement
        return {}
    texts: dict[str, str] = {}
    for field, below in zip(definition.body, definition.body[1:], strict=False):
        targets = field.targets if isinstance(field, ast.Assign) else [getattr(field, "target", None)]
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            texts |= {one.id: plain(str(below.value.value)) for one in targets if isinstance(one, ast.Name)}
    return texts


def _definition(kind: type[Any]) -> ast.ClassDef | None:
    file = getattr(sys.modules[kind.__module__], "__file__", None)
    if file is None or not Path(file).is_relative_to(ROOT):
        return None
    classes = nodes_of(Path(file), ast.ClassDef)
    return next((one for one in classes if one.name == kind.__name__), None)
