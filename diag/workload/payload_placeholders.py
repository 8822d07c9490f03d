"""The line of a workload file that gives an action real inputs, for people to paste and fill in."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from analysis.inline_toml import inline_toml
from diag.workload.payloads_from_contract import input_schema

PLACEHOLDER: Final = "..."
"""Stands where a real value belongs; a workload that still holds it is refused."""
_DEPTH: Final = 8


def line_to_paste(contract: Mapping[str, Any] | None) -> str:
    """Return `payload = [{ values = { customerId = "..." } }]`, with every input of the contract.

    Values that the contract itself lists stand there; for all others there is the PLACEHOLDER.
    """
    return f"payload = [{{ values = {inline_toml(_outline(input_schema(contract or {}), _DEPTH))} }}]"


def unfilled(values: object, path: str = "values") -> str | None:
    """Return where the first PLACEHOLDER stands, such as `values.customer.id`; None where there is none."""
    if values == PLACEHOLDER:
        return path
    inside: Iterable[tuple[object, object]] = ()
    if isinstance(values, Mapping):
        inside = values.items()
    elif isinstance(values, list):
        inside = enumerate(values, start=1)
    found = (unfilled(value, f"{path}.{key}") for key, value in inside)
    return next((place for place in found if place is not None), None)


def _outline(schema: Mapping[str, Any], depth: int) -> Any:
    if "const" in schema:
        return schema["const"]
    listed = schema.get("enum")
    if isinstance(listed, list) and listed:
        return next((value for value in listed if value is not None), PLACEHOLDER)
    properties = schema.get("properties")
    if isinstance(properties, Mapping) and depth > 0:
        return {
            str(name): _outline(part, depth - 1) if isinstance(part, Mapping) else PLACEHOLDER
            for name, part in properties.items()
        }
    items = schema.get("items")
    if schema.get("type") == "array":
        return [_outline(items, depth - 1) if isinstance(items, Mapping) and depth > 0 else PLACEHOLDER]
    return True if schema.get("type") == "boolean" else PLACEHOLDER
