"""The store of hours: kept once, late ones added, damage and foreign files said in one sentence."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.production.hourly_counts import HourCounts
from analysis.views.cut_off_history import CutOffSpan
from diag.production.hour_store import ActionKey, HourStoreError, open_store

KEY = ActionKey("api.mypurecloud.ie", "org", "a1")
HOURS = (HourCounts(3600.0, 10, (4, 9)), HourCounts(7200.0, 3, (3, 3)))


def test_hours_are_kept_once_however_often_they_are_read(tmp_path: Path) -> None:
    with open_store(tmp_path / "runs" / "s.sqlite") as store:
        assert (store.read_until(KEY), store.hours(KEY, 0.0)) == (None, ())
        for _ in range(2):
            store.keep(KEY, HOURS, 10_800.0)
    with open_store(tmp_path / "runs" / "s.sqlite") as again:
        assert again.hours(KEY, 0.0) == HOURS
        assert again.hours(KEY, 7200.0) == HOURS[1:]
        assert again.read_until(KEY) == 10_800.0


def test_late_executions_are_added_and_what_the_platform_forgot_is_kept(tmp_path: Path) -> None:
    late, less = HourCounts(3600.0, 12, (4, 9)), HourCounts(7200.0, 1, (1, 1))
    with open_store(tmp_path / "s.sqlite") as store:
        store.keep(KEY, HOURS, 10_800.0)
        store.keep(KEY, (late, less), 7200.0)
        assert store.hours(KEY, 0.0) == (late, HOURS[1])
        assert store.read_until(KEY) == 10_800.0


def test_days_add_up_whatever_timeout_was_in_force(tmp_path: Path) -> None:
    next_day = (
        HourCounts(86_400.0, 7, (7,)),
        HourCounts(90_000.0, 5, (1, 2, 9)),
    )  # the last contradicts itself
    with open_store(tmp_path / "s.sqlite") as store:
        assert store.days(KEY) == ()
        store.keep(KEY, (*HOURS, *next_day), 100_000.0)
        assert store.days(KEY) == (CutOffSpan(0.0, 13, 1), CutOffSpan(86_400.0, 12, 0))


def test_another_org_has_other_hours(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.sqlite") as store:
        store.keep(KEY, HOURS, 10_800.0)
        assert store.hours(ActionKey("127.0.0.1:8000", "org", "a1"), 0.0) == ()


def test_it_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.sqlite") as store:
        store.keep(KEY, HOURS, 10_800.0)
        assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


def noise(path: Path) -> None:
    path.write_bytes(b"not a database at all, but longer than a header" * 40)


def foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()


def newer(path: Path) -> None:
    with open_store(path):
        pass
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 2")
    connection.close()


def edited(path: Path) -> None:
    with open_store(path) as store:
        store.keep(KEY, HOURS, 10_800.0)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE hours SET below = '[1, true]'")
    connection.close()


def no_table(path: Path) -> None:
    with open_store(path):
        pass
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE hours")
    connection.close()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (noise, "is damaged"),
        (foreign, "is a database of another program"),
        (newer, "has format version 2"),
        (edited, "is damaged"),
        (no_table, "cannot be used"),
        (Path.mkdir, "cannot be used"),
    ],
)
def test_what_is_not_a_store_is_one_sentence_and_is_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], None], told: str
) -> None:
    path = tmp_path / "s.sqlite"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(HourStoreError, match=told) as error, open_store(path) as store:
        store.hours(KEY, 0.0)
    assert str(path) in error.value.message
    assert error.value.hint
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_second_writer_is_told_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diag.production.hour_store._PATIENCE_S", 0.0)
    path = tmp_path / "s.sqlite"
    with open_store(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(HourStoreError) as error:
            store.keep(KEY, HOURS, 10_800.0)
        assert error.value.hint is not None
        assert "Another diag watch" in error.value.hint
        other.close()
        store.keep(KEY, HOURS, 10_800.0)
        assert store.hours(KEY, 0.0) == HOURS
