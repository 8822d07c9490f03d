"""The output contract: its JSON Schema compiled once, and the first thing in a result that breaks it.

By jsonschema-rs, not jsonschema: 2 µs instead of 2.6 ms for a result of 3.6 KB, and a `pattern` of the
contract meets a hostile reply in time proportional to it. It is never let out to fetch a schema.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn

import jsonschema_rs

from analysis.format.json_within_limits import UnfitJsonError, parse_json
from diag.direct.rendering.reply.result import Result, broken, not_understood

_MAX_SHOWN: Final = 80
_DRAFTS: Final[Mapping[str, type[jsonschema_rs.Validator]]] = {
    "json-schema.org/draft-04/schema": jsonschema_rs.Draft4Validator,
    "json-schema.org/draft-06/schema": jsonschema_rs.Draft6Validator,
    "json-schema.org/draft-07/schema": jsonschema_rs.Draft7Validator,
    "json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909Validator,
    "json-schema.org/draft/2020-12/schema": jsonschema_rs.Draft202012Validator,
}
_PATTERNS: Final = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)
_PATTERN_GAVE_UP: Final = (
    jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded,
    jsonschema_rs.ValidationErrorKind.RegexEngineFailure,
)
_DEFAULT_DRAFT: Final = "json-schema.org/draft-04/schema"
"""Of the Resource Center's examples; also of a `$schema` that names no draft (`http://json-schema.org/schema#`)."""
_UNREADABLE: Final = "an output contract that is no JSON Schema, or has a pattern that is not read here"


class ContractRefusedError(Exception):
    """A contract that cannot be held against a result. The message says why."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A compiled output contract."""

    validator: jsonschema_rs.Validator = field(repr=False)
    names: frozenset[str] = field(repr=False)
    """Names of fields that the contract itself holds: others are values of a reply, and not shown."""

    def judged(self, value: object) -> Result:
        """Return whether a result fits, or where it does not: the outermost place first."""
        try:
            if self.validator.is_valid(value):
                return Result("ok", value=value)
            errors = tuple(self.validator.iter_errors(_with_whole_numbers(value)))
        except (ValueError, OverflowError, RecursionError, jsonschema_rs.ReferencingError):
            return _cannot_be_held()
        if not errors:
            return Result("ok", value=value)
        error = min(errors, key=lambda one: len(one.instance_path))
        if isinstance(error.kind, _PATTERN_GAVE_UP):
            return _cannot_be_held()
        return broken(_words(error), self._pointer(error.instance_path))

    def _pointer(self, path: Iterable[str | int]) -> str:
        pointer = "$"
        for step in path:
            if isinstance(step, int):
                pointer += f"[{step}]"
            elif step not in self.names:
                pointer += "[*]"
            else:
                pointer += f".{step}" if step.isidentifier() else f"[{_quoted(step)}]"
        return _short(pointer)


def _cannot_be_held() -> Result:
    return not_understood("a result that the contract cannot be held against", "contract.output")


def _with_whole_numbers(value: object) -> object:
    """Return the value with every 5.0 as 5: whether that is an integer depends on whose validator it is.

    A contract counts as broken only where all of them say so.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_with_whole_numbers(item) for item in value]
    if isinstance(value, dict):
        return {name: _with_whole_numbers(item) for name, item in value.items()}
    return value


def compile_contract(schema_text: str) -> Contract:
    """Return the contract. Raises `ContractRefusedError`."""
    try:
        schema: object = parse_json(schema_text) if schema_text.strip() else {}
    except UnfitJsonError:
        raise ContractRefusedError("an output contract that is not JSON") from None
    if not isinstance(schema, dict):
        raise ContractRefusedError("an output contract that is not an object")
    named = schema.get("$schema")
    draft = _plain(named) if isinstance(named, str) else _DEFAULT_DRAFT
    if _refers_elsewhere(schema):
        raise ContractRefusedError("an output contract that refers to another document")
    kind = _DRAFTS.get(draft, _DRAFTS[_DEFAULT_DRAFT])
    try:
        # Whose validator looks at `format` differs, as do their patterns for one: it breaks no contract here.
        validator = kind(
            schema, retriever=_nothing_is_fetched, pattern_options=_PATTERNS, validate_formats=False
        )
        return Contract(validator, frozenset(_names(schema)))
    except (ValueError, jsonschema_rs.ReferencingError):
        raise ContractRefusedError(_UNREADABLE) from None


def _plain(draft: str) -> str:
    """Return the address of a draft without what is written both ways: http or https, an empty fragment."""
    return draft.partition("://")[2].rstrip("#/")


def _nothing_is_fetched(uri: str) -> NoReturn:
    raise ValueError("a contract refers to another document")


def _refers_elsewhere(schema: object) -> bool:
    targets = (part.get(key) for part in _objects(schema) for key in ("$ref", "$dynamicRef", "$recursiveRef"))
    return any(isinstance(target, str) and not target.startswith("#") for target in targets)


def _names(schema: object) -> Iterator[str]:
    for part in _objects(schema):
        fields = part.get("properties")
        if isinstance(fields, dict):
            yield from fields


def _objects(schema: object) -> Iterator[Mapping[str, object]]:
    """Yield every object in a schema, which was read from outside and is at most 100 levels deep."""
    if isinstance(schema, dict):
        yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from _objects(part)


def _words(error: jsonschema_rs.ValidationError) -> str:
    """Return what broke: keyword and names of the contract's own, never anything of the result."""
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.Required(property=name):
            return f"required: {_short(_quoted(name))} is missing"
        case jsonschema_rs.ValidationErrorKind.Type(types=kinds):
            return _short(f"type: not {' or '.join(map(str, kinds))}")
    keyword = error.schema_path[-1] if error.schema_path else "schema"
    return _short(f"{keyword}: not as the contract says")


def _quoted(name: object) -> str:
    return json.dumps(name, ensure_ascii=False)


def _short(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"
