"""`traceparent` of the W3C: by its trace id a call is found again in the backend's own log.

Not sampled (flag 00): whether a call is recorded there stays the backend's decision.
"""

import os
from dataclasses import dataclass
from typing import Final

_TRACE_BYTES: Final = 16
_SPAN_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class TraceContext:
    """Ids of one call, as lower case hexadecimal digits."""

    trace_id: str
    span_id: str
    sampled: bool = False

    @property
    def header(self) -> bytes:
        """Return the value of `traceparent`."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}".encode("ascii")


def new_trace() -> TraceContext:
    """Return ids that no other call has."""
    ids = os.urandom(_TRACE_BYTES + _SPAN_BYTES).hex()
    return TraceContext(ids[: 2 * _TRACE_BYTES], ids[2 * _TRACE_BYTES :])
