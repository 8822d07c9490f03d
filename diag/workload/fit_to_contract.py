"""Inputs held against the action's contract before the first call: types, names, and every other rule of it.

A refused input spends the org's budget and measures nothing, so it is found here: file, row, field, what is
expected and what is there; never the value.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from analysis.format.json_within_limits import UnfitJsonError, parse_json
from analysis.value_words import kind_of_value
from diag.errors import UsageError
from diag.inventory.named_actions import nearest_names
from diag.workload.payload import Payload, json_bytes
from diag.workload.payloads_from_contract import input_schema
from diag.workload.read_payloads import guessed_value

if TYPE_CHECKING:
    from jsonschema import Draft4Validator

SHOWN: Final = 5
"""Problems listed at once; further ones are counted."""
_EXPECTED: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a table of values",
    "null": "null",
}


def fit_to_contract(
    payloads: Sequence[Payload], contract: Mapping[str, Any] | None, action_name: str
) -> tuple[Payload, ...]:
    """Return the payloads with the cells of CSV files in the types the contract asks for.

    Without an input schema nothing can be checked, and cells are taken as JSON where they look like it.
    Raises UsageError that lists what does not fit.
    """
    from jsonschema import Draft4Validator

    schema = input_schema(contract or {})
    properties = schema.get("properties") or {}
    validator = Draft4Validator(schema) if properties else None
    fitted: list[Payload] = []
    problems: list[str] = []
    for payload in payloads:
        values = payload.values
        if payload.cells:
            values = {name: _cell_as(properties.get(name), cell) for name, cell in values.items()}
        fitted.append(replace(payload, body=json_bytes(values)) if payload.cells else payload)
        if validator is not None:
            problems += _problems(payload, values, validator)
    if problems:
        more = len(problems) - SHOWN
        raise UsageError(
            f"Inputs of {action_name!r} do not fit its contract: {problems[0]}.",
            hint="Mend them. Left out, diag makes some up from the contract, which lower no timeout.",
            details=(*problems[1:SHOWN], *([f"and {more} more"] if more > 0 else [])),
        )
    return tuple(fitted)


def _cell_as(schema: object, cell: str) -> Any:
    """Return a cell in the type its schema asks for, as text where it does not look like that type."""
    if not isinstance(schema, Mapping):
        return guessed_value(cell)
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "string" in kinds:
        return cell
    try:
        value = parse_json(cell)
    except UnfitJsonError:
        return cell
    right = {
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "boolean": isinstance(value, bool),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
        "null": value is None,
    }
    known = [kind for kind in kinds if kind in right]
    return value if not known or any(right[kind] for kind in known) else cell


def _problems(payload: Payload, values: Mapping[str, Any], validator: "Draft4Validator") -> Iterator[str]:
    schema = validator.schema
    names = list(schema["properties"])
    for name in values:
        if name not in schema["properties"] and (
            payload.cells or schema.get("additionalProperties") is False
        ):
            near = nearest_names(names, name)
            yield f"{payload.label}: the action has no input {name!r}" + (
                f" (did you mean {near[0]!r}?)" if near else ""
            )
    for error in validator.iter_errors(values):
        if error.validator == "additionalProperties" and not error.absolute_path:
            continue  # said above, with the nearest name
        path = ".".join(map(str, error.absolute_path))
        yield f"{payload.label}: {_sentence(error, path)}"


def _sentence(error: Any, path: str) -> str:
    rule, limit = str(error.validator), error.validator_value
    if rule == "required":
        missing = [name for name in limit if name not in error.instance]
        inside = f" in {path!r}" if path else ""
        return f"the input {', '.join(map(repr, missing))} is missing{inside}"
    return f"input {path!r}: expected {_expected(rule, limit)}, found {kind_of_value(error.instance)}"


def _expected(rule: str, limit: Any) -> str:
    match rule:
        case "type":
            kinds = limit if isinstance(limit, list) else [limit]
            return " or ".join(_EXPECTED.get(kind, str(kind)) for kind in kinds)
        case "enum":
            return f"one of the {len(limit)} values the contract lists"
        case "pattern":
            return f"text that matches {str(limit)[:60]}"
        case "minLength" | "minimum" | "minItems":
            return f"at least {limit}" + {"minLength": " characters", "minItems": " entries"}.get(rule, "")
        case "maxLength" | "maximum" | "maxItems":
            return f"at most {limit}" + {"maxLength": " characters", "maxItems": " entries"}.get(rule, "")
        case _:
            return f"what the contract's {rule!r} allows"
