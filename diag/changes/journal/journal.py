"""The journal of every write to an org: append-only JSON lines, each on the disk before the next step.

A process killed anywhere leaves an entry without a result; the next apply of the same plan finishes it.
No payload, no template, no header and no secret is ever written here.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analysis.format.input_file import open_own, open_regular
from analysis.machine.files import sync_folder
from analysis.machine.locks import hold_file, holding_byte
from analysis.plain_text import json_text
from diag.changes.change_errors import JournalError
from diag.changes.journal.journal_line import LINE_WRITTEN, JournalLine, LineHead
from diag.changes.journal.parse_line import JOURNAL_VERSION, DamagedLineError, parse_line


@dataclass(frozen=True, slots=True)
class DamagedLine:
    """A line of the file that is set aside: its number, from 1, and what is wrong with it."""

    number: int
    fault: str

    def __str__(self) -> str:
        """Return `line 7 is set aside: at is not a time in Unix seconds`."""
        return f"line {self.number} is set aside: {self.fault}"


class Journal:
    """A journal file. Processes may share one: lines never mix, an action is held by one at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_to = 0
        self._line_number = 0
        self._damaged: list[DamagedLine] = []
        self._lines: list[JournalLine] = []
        self._by_action: dict[str, list[JournalLine]] = {}

    def append(self, line: JournalLine) -> None:
        """Write one line and wait until it is on the disk. Raises JournalError."""
        head: LineHead = {"format_version": JOURNAL_VERSION}
        text = json_text({**head, **LINE_WRITTEN.of(line)}) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            is_new = not self.path.exists()
            descriptor = open_own(self.path, os.O_RDWR | os.O_APPEND, 0o600)
            try:
                hold_file(descriptor)
                if os.lseek(descriptor, 0, os.SEEK_END) and _last_byte(descriptor) != b"\n":
                    text = "\n" + text  # a killed process left half a line: close it, lose nothing
                _write_all(descriptor, text.encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if is_new:
                sync_folder(self.path.parent)
        except OSError as error:
            raise JournalError(
                f"The journal {self.path} cannot be written ({error.strerror}).",
                hint="Nothing is changed in an org without a journal. Free the disk or choose another place: "
                "DIAG_RUNS=/path",
            ) from error

    def read(self) -> list[JournalLine]:
        """Return every whole line, oldest first; a torn, edited or foreign line is left out (`damaged`)."""
        self._catch_up()
        return list(self._lines)

    def damaged(self) -> list[DamagedLine]:
        """Return the lines that are left out, in the order of the file."""
        self._catch_up()
        return list(self._damaged)

    def of_action(self, action_id: str) -> list[JournalLine]:
        """Return the lines of one action, oldest first."""
        self._catch_up()
        return list(self._by_action.get(action_id, ()))

    def _catch_up(self) -> None:
        """Read what was appended since; lines are never rewritten, so nothing is read twice."""
        try:
            with open_regular(self.path) as file:
                file.seek(self._read_to)
                new = file.read()
        except FileNotFoundError:
            return
        except OSError as error:
            raise JournalError(
                f"The journal {self.path} cannot be read ({error.strerror}).",
                hint="Move away what is there, or choose another place: DIAG_RUNS=/path",
            ) from error
        whole = new[: new.rfind(b"\n") + 1]
        self._read_to += len(whole)
        for text in whole.decode("utf-8", "replace").split("\n")[:-1]:
            self._line_number += 1
            if not text.strip():
                continue
            try:
                line = parse_line(text)
            except DamagedLineError as error:
                self._damaged.append(DamagedLine(self._line_number, str(error)))
                continue
            self._lines.append(line)
            self._by_action.setdefault(line.action_id, []).append(line)

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
            file = os.fdopen(open_own(lock, os.O_RDWR, 0o600), "ab")
        except OSError as error:
            raise JournalError(
                f"The lock {lock} cannot be opened ({error.strerror}).",
                hint="Move away what is there, or choose another place: DIAG_RUNS=/path",
            ) from error
        with file, holding_byte(file.fileno(), offset):
            yield


def _write_all(descriptor: int, body: bytes) -> None:
    while body:
        body = body[os.write(descriptor, body) :]


def _last_byte(descriptor: int) -> bytes:
    """Return the last byte of a file that is not empty; what is appended then is appended all the same."""
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1)
