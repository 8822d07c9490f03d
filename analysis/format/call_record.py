"""The fixed-size binary record of one call, and the side files that name its codes.

A segment `segments/<worker_id>.seg` is a row of RECORD_SIZE-byte records, written through with one
write(2) each, so that `kill -9` loses at most the record being written. Texts (action ids, payload
labels, error codes) are small integers in the record; `segments/<worker_id>.names` gives them, one
JSON object a line (`{"kind": "action", "code": 3, "text": "..."}`), always written before the first
record that uses the code. Code 0 means "none". Layout: little-endian, no padding, CRC-32 last.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from analysis.format.sample_schema import ActionVersion, Outcome

RECORD_VERSION: Final = 1
SEGMENT_SUFFIX: Final = ".seg"
NAMES_SUFFIX: Final = ".names"
EVENTS_SUFFIX: Final = ".events"

OUTCOME_CODES: Final[dict[str, int]] = {outcome.value: code for code, outcome in enumerate(Outcome, start=1)}
"""The one numbering of outcomes, on disk and in arrays; 0 is none of them."""
OUTCOME_OF: Final = dict(enumerate(Outcome, start=1))
TARGET_CODES: Final = {version: code for code, version in enumerate(ActionVersion, start=1)}

FLAG_FIRST_REQUEST: Final = 1
"""First request of this worker for the action: may pay for a cold start."""
FLAG_NEW_CONNECTION: Final = 2
"""A TCP or TLS connection was opened for this call."""

FIELDS: Final = (
    ("seq", "I", "<u4"),
    ("action", "I", "<u4"),
    ("scheduled_at", "d", "<f8"),
    ("started_at", "d", "<f8"),
    ("latency_ms", "d", "<f8"),
    ("offered_rate", "f", "<f4"),
    ("rtt_ms", "f", "<f4"),
    ("correlation_id", "16s", "V16"),
    ("payload", "H", "<u2"),
    ("error_code", "H", "<u2"),
    ("http_status", "H", "<u2"),
    ("in_flight", "H", "<u2"),
    ("outcome", "B", "<u1"),
    ("timeout_s", "B", "<u1"),
    ("attempt", "B", "<u1"),
    ("target", "B", "<u1"),
    ("flags", "B", "<u1"),
    ("version", "B", "<u1"),
)
"""(name, struct code, numpy dtype) in file order; `crc` (`<u4`) follows. NaN: not measured."""

_BODY: Final = struct.Struct("<" + "".join(code for _, code, _ in FIELDS))
_CRC: Final = struct.Struct("<I")
_RECORD: Final = struct.Struct(f"{_BODY.format}4x")
"""A record without its checksum."""
RECORD_SIZE: Final = _RECORD.size
_TARGET_AT: Final = struct.calcsize("<" + "".join(code for _, code, _ in FIELDS[:-3]))
_MOMENT: Final = struct.Struct(f"<4xI8xd{_TARGET_AT - 24}xB{RECORD_SIZE - _TARGET_AT - 1}x")
"""`action`, `started_at` and `target` alone: reading no more of each is four times as fast."""


class CallRecord(NamedTuple):
    """One call as it stands on disk, in file order (FIELDS); codes refer to the names file.

    `seq` counts the calls of one worker. `scheduled_at` and `started_at` are Unix seconds. `timeout_s`,
    `http_status` and `in_flight` are 0, `rtt_ms` and `offered_rate` NaN where unknown.
    """

    seq: int
    action: int
    scheduled_at: float
    started_at: float
    latency_ms: float
    offered_rate: float
    rtt_ms: float
    correlation_id: bytes
    payload: int
    error_code: int
    http_status: int
    in_flight: int
    outcome: int
    timeout_s: int
    attempt: int
    target: int
    flags: int
    version: int = RECORD_VERSION


def pack(record: tuple[Any, ...]) -> bytes:
    """Return the RECORD_SIZE bytes of a CallRecord (or of its values as a plain tuple), CRC-32 last."""
    body = _BODY.pack(*record)
    return body + _CRC.pack(zlib.crc32(body))


def unpack(records: bytes) -> Iterator[CallRecord]:
    """Return the calls in whole records, as `analysis.format.whole_records` returns them."""
    return map(CallRecord._make, _RECORD.iter_unpack(records))


def moments(records: bytes) -> Iterator[tuple[int, float, int]]:
    """Return the action's code, the start (Unix seconds) and the target of each call in whole records."""
    return _MOMENT.iter_unpack(records)
