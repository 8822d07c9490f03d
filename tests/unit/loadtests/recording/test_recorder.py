import json
import os
import struct
import zlib
from pathlib import Path

import pytest

from analysis.format.call_record import (
    FIELDS,
    FLAG_FIRST_REQUEST,
    OUTCOME_CODES,
    RECORD_SIZE,
    TARGET_CODES,
    CallRecord,
)
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import ActionVersion, InputOrigin, Outcome
from diag.workload.payloads_from_contract import EMPTY
from loadtests.planning.plan import ActionLoad
from loadtests.recording.recorder import MOST_MESSAGES, NO_CORRELATION_ID, Recorder

ACTIONS = (
    ActionLoad("a-1", "Look Up", 10, 5.0, (EMPTY,)),
    ActionLoad("a-2", "Reserve", 3, 5.0, (EMPTY,), ActionVersion.DRAFT),
)


def rows(path: Path) -> list[dict[str, object]]:
    body = struct.Struct("<" + "".join(code for _, code, _ in FIELDS))
    found = []
    data = path.read_bytes()
    assert len(data) % RECORD_SIZE == 0
    for at in range(0, len(data), RECORD_SIZE):
        row, crc = data[at : at + body.size], data[at + body.size : at + RECORD_SIZE]
        assert zlib.crc32(row) == int.from_bytes(crc, "little")
        found.append(dict(zip((name for name, _, _ in FIELDS), body.unpack(row), strict=True)))
    return found


def write(recorder: Recorder, action: int = 0, outcome: Outcome = Outcome.OK, code: int = 0) -> None:
    recorder.write(
        CallRecord(
            seq=recorder.seq + 1,
            action=recorder.action_codes[action],
            scheduled_at=1000.0,
            started_at=1000.25,
            latency_ms=12.5,
            offered_rate=5.0,
            rtt_ms=float("nan"),
            correlation_id=NO_CORRELATION_ID,
            payload=recorder.code("payload", "empty"),
            error_code=code,
            http_status=200,
            in_flight=70_000,
            outcome=OUTCOME_CODES[outcome],
            timeout_s=ACTIONS[action].timeout_s or 0,
            attempt=1,
            target=TARGET_CODES[ACTIONS[action].target],
            flags=0,
        )
    )


def test_every_row_is_on_disk_before_the_recorder_is_closed(tmp_path: Path) -> None:
    recorder = Recorder(RunFolder(tmp_path), "w-0", ACTIONS)
    for action in (0, 1, 0):
        write(recorder, action)

    found = rows(recorder.segment_path)

    assert [row["seq"] for row in found] == [1, 2, 3]
    assert [row["action"] for row in found] == [1, 2, 1]
    assert [bool(int(str(row["flags"])) & FLAG_FIRST_REQUEST) for row in found] == [True, True, False]
    assert found[1]["target"] == TARGET_CODES[ActionVersion.DRAFT]
    assert found[0]["in_flight"] == 65535
    assert (found[0]["latency_ms"], found[0]["started_at"]) == (12.5, 1000.25)


def test_a_code_is_named_on_disk_before_a_row_uses_it(tmp_path: Path) -> None:
    recorder = Recorder(RunFolder(tmp_path), "w-0", ACTIONS)
    code = recorder.code("error", "request.timeout")

    assert code == recorder.code("error", "request.timeout")
    assert recorder.code("error", "other") == code + 1
    assert recorder.code("error", "other", step="Execute") == code + 2  # a step has a code of its own

    said = {recorder.code("error", "other", message=f"m {n}") for n in range(MOST_MESSAGES + 50)}
    assert len(said) == MOST_MESSAGES + 1  # beyond, the message is left out
    assert recorder.code("error", "other") in said

    made_up = recorder.code("payload", "same label", origin=InputOrigin.INVENTED)
    assert recorder.code("payload", "same label", origin=InputOrigin.FILE) == made_up + 1

    names = [json.loads(line) for line in (tmp_path / "segments" / "w-0.names").read_text().splitlines()]
    assert {"kind": "error", "code": code, "text": "request.timeout"} in names
    assert {"kind": "error", "code": code + 2, "text": "other", "step": "Execute"} in names
    assert {"kind": "payload", "code": made_up, "text": "same label", "origin": "invented"} in names
    assert {"kind": "action", "code": 2, "text": "a-2", "name": "Reserve"} in names


def test_totals_count_what_was_written(tmp_path: Path) -> None:
    recorder = Recorder(RunFolder(tmp_path), "w-0", ACTIONS)
    for outcome in Outcome:
        write(recorder, 1, outcome)

    assert recorder.totals() == [(0, 0, 0, 0), (len(Outcome), 1, 2, len(Outcome) - 3)]
    assert recorder.outcomes[1] == [0] + [1] * len(OUTCOME_CODES)


def test_a_full_disk_is_an_error_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(RunFolder(tmp_path), "w-0", ACTIONS)
    write(recorder)
    monkeypatch.setattr(os, "write", lambda fd, data: len(data) - 1)

    with pytest.raises(OSError, match="disk is full"):
        write(recorder)

    assert recorder.totals()[0][0] == 1
