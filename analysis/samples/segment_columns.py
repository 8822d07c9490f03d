"""Segments back to columns: the records that survived, and what did not (layout:
analysis.format.call_record).

A run killed by `kill -9` ends in half a record at worst; a full disk can leave half a record in the
middle. Each record carries its own checksum, so whatever is whole is read. Without pandas: a run that has
just ended is made a Parquet file of, and importing pandas would cost it a second.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.call_record import (
    FIELDS,
    NAMES_SUFFIX,
    OUTCOME_CODES,
    RECORD_VERSION,
    SEGMENT_SUFFIX,
    TARGET_CODES,
)
from analysis.format.manifest import Manifest
from analysis.format.run_folder import RunFolder
from analysis.format.whole_records import SegmentTail, read_names, segment_paths
from analysis.skipped_input import SkippedInput

RECORD_DTYPE: Final = np.dtype([(name, code) for name, _, code in FIELDS] + [("crc", "<u4")])


@dataclass(frozen=True, slots=True)
class Segment:
    """The whole records of one worker's file, and what was left out."""

    worker_id: str
    records: np.ndarray[tuple[int], np.dtype[np.void]]
    names: Mapping[str, Mapping[int, str]]
    skipped: tuple[SkippedInput, ...]


@dataclass(frozen=True, slots=True)
class CodedTexts:
    """A column of texts without a Python object per row: positions in `texts`, -1 where none is known."""

    codes: NDArray[np.int32]
    texts: tuple[str, ...]


Column = CodedTexts | NDArray[Any]
"""A column of calls; a number that is not known is NaN, a correlation id that is not known is None."""


@dataclass(frozen=True, slots=True)
class SegmentColumns:
    """The wanted columns of one segment, each with `rows` values, and what was left out."""

    rows: int
    columns: Mapping[str, Column]
    skipped: tuple[SkippedInput, ...]


def run_columns(
    folder: RunFolder, manifest: Manifest | None, columns: tuple[str, ...]
) -> Iterator[SegmentColumns]:
    """Return the wanted columns of every segment of a run, worker by worker; without the calls that, as its
    manifest says, do not count because the process was cut short.

    Raises UnreadableSamplesError, once all are read, when not one held a call.
    """
    run_id = manifest.run_id if manifest else folder.path.name
    cut_short = manifest.cut_short if manifest else {}
    skipped: list[SkippedInput] = []
    rows = 0
    for path in segment_paths(folder):
        part = segment_columns(_cut(read_segment(path), cut_short), run_id, columns)
        skipped.extend(part.skipped)
        rows += part.rows
        yield part
    if not rows:
        raise UnreadableSamplesError(
            f"{folder.path} holds no call.",
            hint="The run ended before its first call was over (diag measure starts another), "
            "or this is not the folder of a run.",
            details=tuple(f"{one.what}: {one.why}" for one in skipped),
        )


def read_segment(path: Path) -> Segment:
    """Return every whole record of a segment; torn and damaged ones are skipped and counted."""
    tail = SegmentTail(path)
    records = np.frombuffer(tail.read(), dtype=RECORD_DTYPE)
    lost = tail.left_out
    skipped = [SkippedInput(path.name, None, f"{lost:,} bytes are not whole records")] if lost else []
    foreign = records["version"] != RECORD_VERSION
    if foreign.any():
        skipped.append(SkippedInput(path.name, int(foreign.sum()), "records of another version of diag"))
        records = records[~foreign]
    names, unread = read_names(path.with_suffix(NAMES_SUFFIX))
    if unread:
        skipped.append(SkippedInput(path.with_suffix(NAMES_SUFFIX).name, unread, "lines that are not names"))
    return Segment(path.stem, records, names, tuple(skipped))


def _cut(segment: Segment, cut_short: Mapping[str, float]) -> Segment:
    """The segment without calls of a time of which slower ones were lost."""
    counts = segment.records["started_at"] < cut_short.get(segment.worker_id, np.inf)
    lost = int((~counts).sum())
    if not lost:
        return segment
    why = "begun in the last moments of a process that was stopped: slower calls of that time are lost"
    left_out = SkippedInput(f"{segment.worker_id}{SEGMENT_SUFFIX}", lost, why)
    return replace(segment, records=segment.records[counts], skipped=(*segment.skipped, left_out))


def segment_columns(segment: Segment, run_id: str, columns: tuple[str, ...]) -> SegmentColumns:
    """Return the wanted columns of one segment; records whose action has no name are skipped."""
    records = segment.records
    names = segment.names
    outcomes = {code: outcome for outcome, code in OUTCOME_CODES.items()}
    valid = np.isin(records["action"], list(names.get("action", {}))) & np.isin(
        records["outcome"], list(outcomes)
    )
    skipped = list(segment.skipped)
    if not valid.all():
        what = f"{segment.worker_id}{SEGMENT_SUFFIX}"
        skipped.append(SkippedInput(what, int((~valid).sum()), "action or outcome unknown"))
        records = records[valid]
    n = len(records)
    texts = {
        "action_id": ("action", names.get("action", {})),
        "action_name": ("action", names.get("action_name", {})),
        "outcome": ("outcome", outcomes),
        "error_code": ("error_code", names.get("error", {})),
        "failed_step": ("error_code", names.get("error_step", {})),
        "error_message": ("error_code", names.get("error_message", {})),
        "target": ("target", {code: target.value for target, code in TARGET_CODES.items()}),
        "payload": ("payload", names.get("payload", {})),
        "input_origin": ("payload", names.get("payload_origin", {})),
    }
    table: dict[str, Column] = {}
    for column in columns:
        if column in ("run_id", "worker_id"):
            table[column] = _constant(run_id if column == "run_id" else segment.worker_id, n)
        elif column in texts:
            field, known = texts[column]
            table[column] = _texts(records[field], known)
        elif column == "correlation_id":
            table[column] = _correlation_ids(records[column])
        elif column in ("timeout_s", "http_status", "in_flight"):
            # 0 in a record means "not known"
            table[column] = np.where(records[column] == 0, np.nan, records[column].astype(np.float64))
        else:
            table[column] = np.ascontiguousarray(records[column])
    return SegmentColumns(n, table, tuple(skipped))


def _texts(codes: NDArray[np.unsignedinteger], texts: Mapping[int, str]) -> CodedTexts:
    used = [code for code in np.unique(codes).tolist() if code in texts]
    known = tuple(dict.fromkeys(texts[code] for code in used))
    position = {text: index for index, text in enumerate(known)}
    lookup = np.full(int(codes.max(initial=0)) + 1, -1, dtype=np.int32)
    for code in used:
        lookup[code] = position[texts[code]]
    return CodedTexts(lookup[codes], known)


def _constant(text: str, n: int) -> CodedTexts:
    return CodedTexts(np.zeros(n, dtype=np.int32), (text,))


def _correlation_ids(values: NDArray[np.void]) -> NDArray[np.object_]:
    """16 bytes as UUID text; missing where all are zero."""
    texts = [str(uuid.UUID(bytes=raw)) if any(raw) else None for raw in (bytes(value) for value in values)]
    return np.array(texts, dtype=object)
