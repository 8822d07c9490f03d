"""What one call carries: never printed, never recorded."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Payload:
    """One input map, as the bytes that are sent. The label is recorded, the values never are."""

    label: str
    body: bytes = field(repr=False)
    cells: bool = False
    """It comes from a CSV file: its values are texts until the contract says which types they have."""
