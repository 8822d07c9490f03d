import math
from pathlib import Path
from types import SimpleNamespace
from zlib import crc32

import pytest

from analysis.format import whole_records
from analysis.format.call_record import RECORD_SIZE, SEGMENT_SUFFIX, CallRecord, pack, unpack
from analysis.format.whole_records import SegmentTail


def call(seq: int) -> CallRecord:
    return CallRecord(
        seq=seq,
        action=1,
        scheduled_at=1.5,
        started_at=1.625,
        latency_ms=250.0,
        offered_rate=2.0,
        rtt_ms=math.inf,
        correlation_id=bytes(range(16)),
        payload=3,
        error_code=4,
        http_status=200,
        in_flight=5,
        outcome=1,
        timeout_s=10,
        attempt=1,
        target=1,
        flags=2,
    )


def written(tmp_path: Path, data: bytes) -> SegmentTail:
    path = tmp_path / f"w-0{SEGMENT_SUFFIX}"
    path.write_bytes(data)
    return SegmentTail(path)


def seqs(records: bytes) -> list[int]:
    return [one.seq for one in unpack(records)]


def test_a_call_comes_back_as_it_was_packed() -> None:
    assert len(pack(call(7))) == RECORD_SIZE
    assert list(unpack(pack(call(7)) + pack(call(8)))) == [call(7), call(8)]


@pytest.mark.parametrize("most", [-1, 1, 2, 3])
def test_a_torn_record_costs_only_itself(tmp_path: Path, most: int) -> None:
    torn = pack(call(2))[:31]
    data = b"".join([pack(call(1)), torn, *(pack(call(n)) for n in (3, 4, 5))])
    tail = written(tmp_path, data)

    found: list[int] = []
    while records := tail.read(most):
        found += seqs(records)

    assert found == [1, 3, 4, 5]
    assert tail.left_out == 31


def test_a_record_being_written_is_read_once_it_is_whole(tmp_path: Path) -> None:
    whole = pack(call(1)) + pack(call(2))
    tail = written(tmp_path, whole[:-1])

    assert seqs(tail.read()) == [1]
    assert tail.left_out == RECORD_SIZE - 1
    tail.path.write_bytes(whole)
    assert seqs(tail.read()) == [2]
    assert (tail.read(), tail.left_out) == (b"", 0)


@pytest.mark.parametrize("position", [0, 40, RECORD_SIZE - 1])
def test_a_changed_byte_fails_the_checksum(tmp_path: Path, position: int) -> None:
    bad = bytearray(pack(call(2)))
    bad[position] ^= 1
    tail = written(tmp_path, pack(call(1)) + bytes(bad) + pack(call(3)))

    assert seqs(tail.read()) == [1, 3]
    assert tail.left_out == RECORD_SIZE


def test_zeros_are_no_records(tmp_path: Path) -> None:
    assert written(tmp_path, bytes(10 * RECORD_SIZE)).read() == b""


@pytest.mark.parametrize("filler", [b"\0", b"\x01", b"\x01\0", b"\0\xff\x01" * 25])
@pytest.mark.parametrize("length", [1, RECORD_SIZE - 1, RECORD_SIZE, 3 * RECORD_SIZE + 1])
def test_whatever_lies_between_records_costs_none_of_them(tmp_path: Path, filler: bytes, length: int) -> None:
    noise = (filler * length)[:length]
    tail = written(tmp_path, noise + pack(call(1)) + noise + pack(call(2)) + noise)
    assert seqs(tail.read()) == [1, 2]
    assert tail.left_out == 3 * length


def test_a_long_stretch_of_zeros_is_not_looked_at_byte_by_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tail = written(tmp_path, pack(call(1)) + bytes(100_000) + pack(call(2)))
    looked = []

    def count(body: memoryview) -> int:
        looked.append(len(body))
        return crc32(body)

    monkeypatch.setattr(whole_records, "zlib", SimpleNamespace(crc32=count))
    assert seqs(tail.read()) == [1, 2]
    assert len(looked) < 10
