"""What one call carries: never printed, never recorded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from analysis.format.sample_schema import InputOrigin


@dataclass(frozen=True, slots=True)
class Payload:
    """One input map, as the bytes that are sent. Label and origin are recorded, the values never are."""

    label: str
    body: bytes = field(repr=False)
    origin: InputOrigin
    cells: bool = False
    """It comes from a CSV file: its values are texts until the contract says which types they have."""

    @classmethod
    def of(
        cls, label: str, values: Mapping[str, Any], origin: InputOrigin, *, cells: bool = False
    ) -> "Payload":
        """Return the payload of one input map."""
        return cls(label, json_bytes(values), origin, cells)

    @property
    def values(self) -> dict[str, Any]:
        """The input map again."""
        return cast(dict[str, Any], json.loads(self.body))


def json_bytes(values: Mapping[str, Any]) -> bytes:
    """Return an input map as it is sent."""
    return json.dumps(values, separators=(",", ":")).encode()


def is_json(value: object) -> bool:
    """Return whether a value can be sent: TOML's dates and times, and not-a-number, cannot."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True
