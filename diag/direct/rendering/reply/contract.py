"""The output contract: its JSON Schema compiled once, and the first thing in a result that breaks it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import jsonschema
from jsonschema.exceptions import SchemaError
from jsonschema.protocols import Validator
from jsonschema.validators import extend, validator_for

from analysis.format.checked_json import UnfitJsonError, parse_json
from diag.direct.rendering.reply.result import Result, broken

_MAX_SHOWN: Final = 80
_PATTERNS: Final = frozenset({"pattern", "patternProperties", "format"})


class ContractRefusedError(Exception):
    """A contract that cannot be held against a result. The message says why."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A compiled output contract."""

    validator: Validator

    def judged(self, value: object) -> Result:
        """Return whether a result fits, or where it does not."""
        if self.validator.is_valid(value):
            return Result("ok", value=value)
        error = min(self.validator.iter_errors(value), key=lambda one: len(one.absolute_path))
        keyword = str(error.validator)
        return broken(_words(keyword, error.validator_value, error.instance), _pointer(error.absolute_path))


def compile_contract(schema_text: str) -> Contract:
    """Return the contract. Raises `ContractRefusedError`.

    Without `$schema` it is draft 4, as the Resource Center's examples are. A whole number may be written
    as 1.0, as Java's validators take it: a contract counts as broken only where every reader says so.
    """
    try:
        schema: object = parse_json(schema_text) if schema_text.strip() else {}
    except UnfitJsonError:
        raise ContractRefusedError("an output contract that is not JSON") from None
    if not isinstance(schema, dict):
        raise ContractRefusedError("an output contract that is not an object")
    kind = validator_for(schema, default=jsonschema.Draft4Validator)
    try:
        kind.check_schema(schema)
    except (SchemaError, RecursionError):
        raise ContractRefusedError("an output contract that is no JSON Schema") from None
    found = _remote_reference(schema)
    if found:
        raise ContractRefusedError("an output contract that refers to another document")
    lenient = extend(kind, type_checker=kind.TYPE_CHECKER.redefine("integer", _is_whole))
    return Contract(lenient(schema))


def _is_whole(checker: object, value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _remote_reference(schema: object) -> bool:
    if isinstance(schema, dict):
        target = schema.get("$ref")
        if isinstance(target, str) and not target.startswith("#"):
            return True
        return any(map(_remote_reference, schema.values()))
    return isinstance(schema, list) and any(map(_remote_reference, schema))


def _words(keyword: str, wanted: object, instance: object) -> str:
    """Return what broke: names of the contract's own, never anything of the result."""
    if keyword == "required" and isinstance(wanted, list) and isinstance(instance, dict):
        missing = next((name for name in wanted if name not in instance), None)
        return f"required: {_short(json.dumps(missing, ensure_ascii=False))} is missing"
    if keyword == "type":
        kinds = wanted if isinstance(wanted, list) else [wanted]
        return _short(f"type: not {' or '.join(map(str, kinds))}")
    return _short(f"{keyword}: not as the contract says")


def _short(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"


def _pointer(path: Iterable[str | int]) -> str:
    pointer = "$"
    for step in path:
        if isinstance(step, int):
            pointer += f"[{step}]"
        else:
            pointer += f".{step}" if step.isidentifier() else f"[{json.dumps(step, ensure_ascii=False)}]"
    return _short(pointer)
