"""Reading a run's segments: whole records only, again and again while the run writes them.

The one reader of segments. What a kill or a full disk tore is skipped, and the records behind it are
read again, so that a half-written record costs only itself.
"""

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeGuard

from analysis.format.call_record import RECORD_SIZE, RECORD_VERSION, SEGMENT_SUFFIX
from analysis.format.input_file import open_regular
from analysis.format.json_within_limits import parse_line
from analysis.format.run_folder import RunFolder

_BODY_SIZE: Final = RECORD_SIZE - 4
_VERSION: Final = bytes([RECORD_VERSION])
_MOST_CODE: Final = 2**32 - 1


class SegmentTail:
    """Reads one segment from where the last read ended.

    `left_out` is how many bytes so far belong to no whole record: torn, or still being written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.left_out = 0
        self._offset = 0
        self._returned = 0

    def read(self, most: int = -1) -> bytes:
        """Return the next whole records whose checksum holds, end to end; b"" where there are no more yet.

        About `most` of them (-1: all): enough for callers that must not hold up what runs beside them.
        `analysis.format.call_record.unpack` takes them apart. Raises OSError.
        """
        with open_regular(self.path) as file:
            while True:
                file.seek(self._offset)
                raw = file.read(most * RECORD_SIZE if most > 0 else -1)
                records, used = _whole_records(raw)
                self._returned += len(records)
                self.left_out = self._offset + len(raw) - self._returned
                self._offset += used
                if records or not used:
                    return records


def segment_paths(folder: RunFolder) -> tuple[Path, ...]:
    """Return the segment files of a run, by name."""
    return tuple(sorted(folder.segments.glob(f"*{SEGMENT_SUFFIX}")))


def holds_records(folder: RunFolder) -> bool:
    """Return whether a worker has recorded anything in the run."""
    return any(path.stat().st_size for path in segment_paths(folder))


def read_names(path: Path) -> tuple[Mapping[str, Mapping[int, str]], int]:
    """Return {kind: {code: text}} of a names file, and how many lines could not be read.

    What came with a text has a kind of its own: "action_name", "error_step", "error_message",
    "payload_origin".
    """
    names: dict[str, dict[int, str]] = {}
    unread = 0
    try:
        with open_regular(path) as file:
            text = file.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return names, 0
    for line in text.splitlines():
        row = parse_line(line) or {}
        kind, code, name = row.get("kind"), row.get("code"), row.get("text")
        if not isinstance(kind, str) or not isinstance(name, str) or not _is_code(code):
            unread += 1
            continue
        names.setdefault(kind, {})[code] = name
        for beside in ("name", "step", "message", "origin"):
            if isinstance(row.get(beside), str):
                names.setdefault(f"{kind}_{beside}", {})[code] = row[beside]
    return names, unread


def _is_code(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= _MOST_CODE


def _whole_records(raw: bytes) -> tuple[bytes, int]:
    """The records whose checksum holds, and how many bytes need not be read again.

    After a torn record the next whole one is searched byte by byte.
    """
    view = memoryview(raw)
    crc32, size = zlib.crc32, len(raw)
    stretches: list[bytes] = []
    begun = at = 0
    while at + RECORD_SIZE <= size:
        stored = int.from_bytes(view[at + _BODY_SIZE : at + RECORD_SIZE], "little")
        if stored and crc32(view[at : at + _BODY_SIZE]) == stored:
            at += RECORD_SIZE
            continue
        if at > begun:
            stretches.append(raw[begun:at])
        # The byte before the checksum is the version: a long stretch of zeros is passed at once.
        next_version = raw.find(_VERSION, at + _BODY_SIZE)
        at = max(at + 1, size - RECORD_SIZE + 1) if next_version < 0 else next_version - _BODY_SIZE + 1
        begun = at
    last = raw[begun:at]
    return (b"".join([*stretches, last]) if stretches else last), at
