"""The journal of every write to an org: append-only JSON lines, each on the disk before the next step.

One change has one entry id and these records: `intent` (about to write), `written` (the org said yes),
`restore` (about to put the old value back, and again when that is done), `result` (how it ended). A
process killed anywhere leaves an entry without a result; the next apply of the same plan finishes it.
No payload, no template, no header and no secret is ever written here.
"""

import fcntl
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final, Literal

from diag.changes.errors import JournalError
from diag.changes.plans.plan import Change, OrgIdentity

JOURNAL_VERSION: Final = 1

Phase = Literal["intent", "written", "restore", "result"]


@dataclass(frozen=True, slots=True)
class Author:
    """Who applies: the OAuth client's id (None for a bare access token) and one id per apply."""

    client_id: str | None
    apply_id: str


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of the journal. `at` is Unix seconds (UTC); timeouts in seconds."""

    entry: str
    phase: Phase
    at: float
    apply_id: str
    client_id: str | None
    org_id: str
    org_name: str
    host: str
    sandbox: bool
    plan_digest: str
    origin: str
    action_id: str
    action_name: str
    before_timeout_s: int
    before_is_set: bool
    after_timeout_s: int
    version_before: int | None
    version_after: int | None = None
    correlation_ids: tuple[str, ...] = ()
    passed_before: bool | None = None
    """Whether the test call passed at the old timeout; None when there was none."""
    outcome: str | None = None
    reason: str | None = None
    undoes: str | None = None
    run_ids: tuple[str, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether this record ends its entry."""
        return self.phase == "result"


def new_id(now: float) -> str:
    """Return `<UTC time>-<short id>`, sortable by time; `now` in Unix seconds."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now))}-{secrets.token_hex(3)}"


def first_line(
    entry: str,
    change: Change,
    *,
    org: OrgIdentity,
    author: Author,
    plan_digest: str,
    origin: str,
    run_ids: tuple[str, ...],
    at: float,
) -> JournalLine:
    """Return the `intent` record of a change; the later phases are made from it by replacing fields."""
    return JournalLine(
        entry=entry,
        phase="intent",
        at=at,
        apply_id=author.apply_id,
        client_id=author.client_id,
        org_id=org.org_id,
        org_name=org.org_name,
        host=org.host,
        sandbox=org.sandbox,
        plan_digest=plan_digest,
        origin=origin,
        action_id=change.action_id,
        action_name=change.action_name,
        before_timeout_s=change.before_timeout_s,
        before_is_set=change.before_is_set,
        after_timeout_s=change.after_timeout_s,
        version_before=change.action_version,
        undoes=change.undoes,
        run_ids=run_ids,
    )


class Journal:
    """A journal file. Processes may share one: lines never mix, an action is held by one at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_to = 0
        self._records: list[JournalLine] = []
        self._by_action: dict[str, list[JournalLine]] = {}

    def append(self, record: JournalLine) -> None:
        """Write one line and wait until it is on the disk. Raises JournalError."""
        line = json.dumps({"format_version": JOURNAL_VERSION, **asdict(record)}, allow_nan=False) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            is_new = not self.path.exists()
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                end = os.lseek(descriptor, 0, os.SEEK_END)
                if end and os.pread(descriptor, 1, end - 1) != b"\n":
                    line = "\n" + line  # a killed process left half a line: close it, lose nothing
                _write_all(descriptor, line.encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if is_new:
                _sync_folder(self.path.parent)
        except OSError as error:
            raise JournalError(
                f"The journal {self.path} cannot be written ({error.strerror}).",
                hint="Nothing is changed in an org without a journal. Free the disk or choose another place: "
                "DIAG_RUNS=/path",
            ) from error

    def read(self) -> list[JournalLine]:
        """Return every whole record, oldest first; a torn or foreign line is left out."""
        self._catch_up()
        return list(self._records)

    def of_action(self, action_id: str) -> list[JournalLine]:
        """Return the records of one action, oldest first."""
        self._catch_up()
        return list(self._by_action.get(action_id, ()))

    def _catch_up(self) -> None:
        """Read what was appended since; lines are never rewritten, so nothing is read twice."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._read_to)
                new = file.read()
        except FileNotFoundError:
            return
        except OSError as error:
            raise JournalError(f"The journal {self.path} cannot be read ({error.strerror}).") from error
        whole = new[: new.rfind(b"\n") + 1]
        self._read_to += len(whole)
        for line in whole.decode("utf-8", "replace").splitlines():
            record = _parse(line)
            if record is not None:
                self._records.append(record)
                self._by_action.setdefault(record.action_id, []).append(record)

    @contextmanager
    def holding(self, action_id: str) -> Iterator[None]:
        """Hold one action against other processes that share this journal; released even by kill -9.

        A record lock on one byte of a lock file, chosen by the action's id: two applies go on side by
        side and only ever wait for each other on the same action.
        """
        lock = self.path.with_name(self.path.name + ".lock")
        offset = int.from_bytes(hashlib.sha256(action_id.encode()).digest()[:6], "big")
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            file = lock.open("ab")
        except OSError as error:
            raise JournalError(f"{lock} cannot be opened ({error.strerror}).") from error
        with file:
            fcntl.lockf(file, fcntl.LOCK_EX, 1, offset)
            try:
                yield
            finally:
                fcntl.lockf(file, fcntl.LOCK_UN, 1, offset)


def latest_by_entry(records: Sequence[JournalLine]) -> dict[str, JournalLine]:
    """Return entry id -> its last record, in the order the entries began."""
    latest: dict[str, JournalLine] = {}
    for record in records:
        latest[record.entry] = record
    return latest


def unfinished(records: Sequence[JournalLine]) -> list[JournalLine]:
    """Return the last record of every entry that has no result: an apply was killed there."""
    return [record for record in latest_by_entry(records).values() if not record.finished]


def _write_all(descriptor: int, body: bytes) -> None:
    while body:
        body = body[os.write(descriptor, body) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_ENTRY: Final = re.compile(r"[\w-]+")
_KNOWN: Final = {item.name for item in fields(JournalLine)}


def _parse(line: str) -> JournalLine | None:
    try:
        body: Any = json.loads(line)
        if body["format_version"] != JOURNAL_VERSION:
            return None
        values = {name: value for name, value in body.items() if name in _KNOWN}
        for name in ("correlation_ids", "run_ids"):
            values[name] = tuple(values.get(name, ()))
        if not _ENTRY.fullmatch(values["entry"]):  # it names a file beside the journal
            return None
        return JournalLine(**values)
    except (ValueError, KeyError, TypeError):
        return None
