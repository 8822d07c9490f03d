"""The one door for files from outside: whatever a person or a run supplies is opened here.

Checked before anything is read: that it is a regular file (a pipe would be waited for for ever, a device
never ends) and how large it is; then the text (UTF-8, or UTF-16 that says so), and what is in it (JSON or
TOML, its depth, its numbers). Every error says which file, what is wrong with it, and the fix.
"""

import codecs
import errno
import hashlib
import os
import stat
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any, Final, Protocol

from analysis.format.json_to_dataclass import other_version
from analysis.format.json_within_limits import UnfitJsonError, check_values, parse_json
from analysis.machine.files import open_descriptor

MOST_BYTES: Final = 64 << 20
"""Far above any plan, manifest or workload file: a run of 2,000 actions writes 10 MB."""

_KINDS: Final = (
    (stat.S_ISDIR, "is a directory"),
    (stat.S_ISFIFO, "is a named pipe, not a regular file"),
    (stat.S_ISSOCK, "is a socket, not a regular file"),
    (stat.S_ISCHR, "is a device, not a regular file"),
    (stat.S_ISBLK, "is a device, not a regular file"),
)


class MakeError(Protocol):
    """Makes the error to raise, for example an exception class."""

    def __call__(self, message: str, *, hint: str | None = None) -> Exception:
        """Return it."""


class NotRegularError(OSError):
    """Raised for a pipe, a device, a socket or a folder; `strerror` says which."""


def open_regular(path: Path) -> BufferedReader:
    """Return a regular file, open for reading. Raises OSError; NotRegularError for anything else."""
    return open(_opened(path, os.O_RDONLY), "rb")


def open_own(path: Path, flags: int, mode: int = 0o644) -> int:
    """Return the descriptor of a file that is written to in place: a journal, a lock, rows; made if missing.

    `flags` and `mode` as for open(2). A pipe would be waited for, a device would swallow what must be kept:
    raises OSError; NotRegularError for anything but a regular file.
    """
    return _opened(path, flags | os.O_CREAT, mode)


def check_regular(path: Path) -> None:
    """Raise OSError for a file that is not there, NotRegularError for one that is no regular file."""
    _check_kind(path.stat().st_mode, path)


def _opened(path: Path, flags: int, mode: int = 0o666) -> int:
    """Return the descriptor of a regular file. Raises OSError; NotRegularError for anything else."""
    try:
        descriptor = open_descriptor(path, flags, mode)
    except OSError as error:
        if error.errno in (errno.ENXIO, errno.EISDIR):
            check_regular(path)  # says what it is instead
        raise
    try:
        _check_kind(os.fstat(descriptor).st_mode, path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check_kind(mode: int, path: Path) -> None:
    for is_kind, what in _KINDS:
        if is_kind(mode):
            raise NotRegularError(0, what, str(path))


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read. Every reader raises an error made by `error`, with `hint` as the fix."""

    path: Path
    error: MakeError
    hint: str | None = None
    most_bytes: int = MOST_BYTES

    def read(self) -> bytes:
        """Return the content, at most `most_bytes`."""
        with self._opened() as file:
            # The size alone does not do: a file may grow meanwhile, and those of /proc tell none.
            if os.fstat(file.fileno()).st_size <= self.most_bytes:
                raw = file.read(self.most_bytes + 1)
                if len(raw) <= self.most_bytes:
                    return raw
        raise self.unfit(f"is larger than {self.most_bytes >> 20} MiB")

    def sha256(self) -> str:
        """Return the digest of the content, however large: it is read piece by piece."""
        with self._opened() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def text(self) -> str:
        """Return the content as text: UTF-8, with or without a byte order mark.

        UTF-16 with its mark as well: what Windows PowerShell 5.1 writes by `>`.
        """
        raw = self.read()
        wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        try:
            return raw.decode("utf-16" if wide else "utf-8-sig")
        except UnicodeDecodeError as error:
            expected = "UTF-16" if wide else "UTF-8"
            raise self.unfit(f"cannot be read: not {expected} text (byte {error.start + 1})") from None

    def json(self) -> Any:
        """Return the JSON value in it, with `json_within_limits`' promises."""
        text = self.text()
        try:
            return parse_json(text)
        except UnfitJsonError as error:
            raise self.unfit(str(error)) from None

    def json_object(self, version: int) -> dict[str, Any]:
        """Return the JSON object in it, of this format version."""
        body = self.json()
        if not isinstance(body, dict):
            raise self.unfit("is not a JSON object")
        if other := other_version(body, version):
            raise self.unfit(other)
        return body

    def toml(self) -> dict[str, Any]:
        """Return the TOML document in it, held to the same limits as JSON."""
        text = self.text()
        try:
            body = tomllib.loads(text)
            check_values(body)
        except tomllib.TOMLDecodeError as error:
            raise self.unfit(f"is not valid TOML: {error}") from None
        except UnfitJsonError as error:
            raise self.unfit(str(error)) from None
        except RecursionError:
            raise self.unfit("is nested too deep") from None
        except ValueError:  # thousands of digits, or a date that no calendar has
            raise self.unfit("holds a number or a date that is too large") from None
        return body

    @contextmanager
    def _opened(self) -> Iterator[BufferedReader]:
        try:
            with open_regular(self.path) as file:
                yield file
        except FileNotFoundError:
            raise self.unfit("does not exist") from None
        except OSError as error:
            raise self.unfit(f"cannot be read: {(error.strerror or type(error).__name__).lower()}") from error
        except ValueError:  # a null byte in the path
            raise self.unfit("is not a path") from None

    def unfit(self, what: str) -> Exception:
        """Return the error about this file; `what` follows its path."""
        return self.error(f"{self.path} {what}.", hint=self.hint)
