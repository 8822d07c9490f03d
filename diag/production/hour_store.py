"""Hourly counts of production in a local SQLite file, so that history outlives the platform's retention.

One row per action and UTC hour: executions, and how many took less than each whole second up to the timeout.
No name, input or output of an action is in it (docs/formats.md, "Store of hours").
"""

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from analysis.format.input_file import open_own
from analysis.format.json_to_dataclass import Between, WrongShapeError, typed
from analysis.format.json_within_limits import parse_json
from analysis.production.hourly_counts import HourCounts
from analysis.views.cut_off_history import CutOffSpan
from diag.errors import DiagError

STORE_VERSION: Final = 1
_APPLICATION: Final = 0x64696167
"""`diag` in ASCII: SQLite keeps it in the file's header, so that another program's file is recognised."""
_PATIENCE_S: Final = 5.0
_MOST: Final = 10**9
_TABLES: Final = (
    "CREATE TABLE hours (host TEXT NOT NULL, org_id TEXT NOT NULL, action_id TEXT NOT NULL, "
    "started_at INTEGER NOT NULL, total INTEGER NOT NULL, below TEXT NOT NULL, "
    "PRIMARY KEY (host, org_id, action_id, started_at)) WITHOUT ROWID",
    "CREATE TABLE reads (host TEXT NOT NULL, org_id TEXT NOT NULL, action_id TEXT NOT NULL, "
    "until INTEGER NOT NULL, PRIMARY KEY (host, org_id, action_id)) WITHOUT ROWID",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {STORE_VERSION}",
)


class HourStoreError(DiagError):
    """The store cannot be read or written; its text names the file."""


@dataclass(frozen=True, slots=True)
class ActionKey:
    """Which action of which org: ids repeat between sandboxes, so the host counts."""

    host: str
    org_id: str
    action_id: str


@dataclass(frozen=True, slots=True)
class _Row:
    started_at: Annotated[int, Between(0, 10**11)]
    total: Annotated[int, Between(0, _MOST)]
    below: tuple[Annotated[int, Between(0, _MOST)], ...]


@dataclass(frozen=True, slots=True)
class _Day:
    at: Annotated[int, Between(0, 10**11)]
    executions: Annotated[int, Between(0, 24 * _MOST)]
    cut_off: Annotated[int, Between(0, 24 * _MOST)]


class HourStore:
    """An open store. Several processes may read; one at a time writes."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    def keep(self, key: ActionKey, hours: Sequence[HourCounts], until: float) -> None:
        """Store hours that were read, complete up to `until` (Unix seconds), all of them or none.

        The same hour read again replaces the earlier count only where it has more executions: late ones are
        added, and what the platform has forgotten since is kept. Raises HourStoreError.
        """
        place = (key.host, key.org_id, key.action_id)
        rows = [(*place, int(hour.started_at), hour.total, json.dumps(hour.below)) for hour in hours]
        with _explained(self._path), self._connection as open_connection:
            open_connection.execute("BEGIN IMMEDIATE")
            open_connection.executemany(
                "INSERT INTO hours VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "total = excluded.total, below = excluded.below WHERE excluded.total > hours.total",
                rows,
            )
            open_connection.execute(
                "INSERT INTO reads VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET until = max(until, excluded.until)",
                (*place, int(until)),
            )

    def read_until(self, key: ActionKey) -> float | None:
        """Return up to when the action was read (Unix seconds), None before the first time."""
        with _explained(self._path):
            row = self._connection.execute(
                "SELECT until FROM reads WHERE host = ? AND org_id = ? AND action_id = ?",
                (key.host, key.org_id, key.action_id),
            ).fetchone()
        return None if row is None else float(row[0])

    def hours(self, key: ActionKey, since: float) -> tuple[HourCounts, ...]:
        """Return the hours that began at `since` (Unix seconds) or later, in order. Raises HourStoreError."""
        with _explained(self._path):
            rows = self._connection.execute(
                "SELECT started_at, total, below FROM hours WHERE host = ? AND org_id = ? AND action_id = ? "
                "AND started_at >= ? ORDER BY started_at",
                (key.host, key.org_id, key.action_id, since),
            ).fetchall()
            return tuple(_hour(row) for row in rows)

    def days(self, key: ActionKey) -> tuple[CutOffSpan, ...]:
        """Return executions and cut-off ones of each UTC day, in order, whichever timeout was in force.

        Added up by SQLite: months of many actions are a page of a report. Raises HourStoreError.
        """
        with _explained(self._path):
            rows = self._connection.execute(
                "SELECT started_at - started_at % 86400, sum(total), "
                "sum(max(total - json_extract(below, '$[#-1]'), 0)) FROM hours "
                "WHERE host = ? AND org_id = ? AND action_id = ? GROUP BY 1 ORDER BY 1",
                (key.host, key.org_id, key.action_id),
            ).fetchall()
            return tuple(_day(row) for row in rows)


@contextmanager
def open_store(path: Path) -> Iterator[HourStore]:
    """Open the store, made if missing (readable by its owner only). Raises HourStoreError.

    A file of another program, or of a newer diag, is left as it is.
    """
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(open_own(path, os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
    try:
        with _explained(path):
            _prepare(path, connection)
        yield HourStore(path, connection)
    finally:
        connection.close()


def _prepare(path: Path, connection: sqlite3.Connection) -> None:
    if not _is_empty(connection):
        _check(path, connection)
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    if _is_empty(connection):  # another process may have been first
        for statement in _TABLES:
            connection.execute(statement)
    connection.execute("COMMIT")
    _check(path, connection)


def _is_empty(connection: sqlite3.Connection) -> bool:
    header = connection.execute("PRAGMA application_id").fetchone()[0]
    return not header and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0


def _check(path: Path, connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
        raise HourStoreError(
            f"{path} is a database of another program.",
            hint="Move it away, or keep runs elsewhere: DIAG_RUNS=/path",
        )
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != STORE_VERSION:
        raise HourStoreError(
            f"{path} has format version {version}; this diag knows {STORE_VERSION}.", hint="Update diag."
        )


def _hour(row: tuple[object, object, object]) -> HourCounts:
    started_at, total, below = row
    found = typed(_Row, {"started_at": started_at, "total": total, "below": parse_json(str(below))})
    if not 1 <= len(found.below) <= 60:
        raise WrongShapeError("below is not one count per second of a timeout")
    return HourCounts(float(found.started_at), found.total, found.below)


def _day(row: tuple[object, object, object]) -> CutOffSpan:
    at, executions, cut_off = row
    day = typed(_Day, {"at": at, "executions": executions, "cut_off": cut_off})
    return CutOffSpan(float(day.at), day.executions, min(day.cut_off, day.executions))


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the disk raise into one sentence that names the file."""
    try:
        yield
    except sqlite3.OperationalError as error:
        busy = "locked" in str(error) or "busy" in str(error)
        raise HourStoreError(
            f"The store of hours {path} cannot be used ({error}).",
            hint="Another diag watch is writing to it: try again later."
            if busy
            else "Free the disk, or keep runs elsewhere: DIAG_RUNS=/path",
        ) from error
    except (sqlite3.DatabaseError, WrongShapeError, ValueError) as error:
        raise HourStoreError(
            f"The store of hours {path} is damaged ({error}).",
            hint="Move it away: the next diag watch reads again what the platform still has.",
        ) from error
    except OSError as error:
        raise HourStoreError(
            f"The store of hours {path} cannot be used ({error.strerror}).",
            hint="Free the disk, or keep runs elsewhere: DIAG_RUNS=/path",
        ) from error
