"""Rows from workers to the master: appended, acknowledged, reconciled; none twice, none silently lost.

A file only ever grows, so its byte offset is its sequence number. The worker sends what comes after the
last offset the master acknowledged; the master appends a chunk only where its own file ends, and always
answers with its size. So a lost or repeated message changes nothing, and after an outage the worker
continues from what the master has. Until then its rows stay on its own disk.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from analysis.format.call_record import RECORD_SIZE, SEGMENT_SUFFIX
from analysis.format.input_file import open_own, open_regular
from analysis.format.run_folder import WORKER_SUFFIXES, RunFolder
from loadtests.workers.messages import Acknowledged, Chunk

CHUNK_BYTES: Final = 256 * 1024
SHIP_EVERY_S: Final = 1.0
RESEND_AFTER_S: Final = 3.0


class Shipper:
    """The worker's side: sends what is new in its files."""

    def __init__(self, folder: RunFolder, worker_id: str, send: Callable[[Chunk], None]) -> None:
        self._folder = folder
        self._worker_id = worker_id
        self._send = send
        self._acknowledged = dict.fromkeys(WORKER_SUFFIXES, 0)
        self._sent = dict.fromkeys(WORKER_SUFFIXES, 0)
        self._waited_s = 0.0

    def ship(self, waited_s: float) -> None:
        """Send everything new; after `RESEND_AFTER_S` without an answer go back to what was acknowledged."""
        self._waited_s += waited_s
        if self._waited_s >= RESEND_AFTER_S:
            self._waited_s = 0.0
            self._sent = dict(self._acknowledged)
        for suffix in WORKER_SUFFIXES:
            self._ship_file(suffix)

    def acknowledge(self, answer: Acknowledged) -> None:
        """Record how much of a file the master has."""
        suffix, size = answer.suffix, answer.size
        if suffix not in self._acknowledged:
            return
        if size != self._acknowledged[suffix]:
            self._waited_s = 0.0
        self._acknowledged[suffix] = size
        if size > self._sent[suffix]:
            self._sent[suffix] = size

    @property
    def delivered(self) -> bool:
        """Return whether the master has acknowledged every byte written so far."""
        return all(self._acknowledged[suffix] == self._size(suffix) for suffix in WORKER_SUFFIXES)

    def _ship_file(self, suffix: str) -> None:
        path = self._path(suffix)
        if self._size(suffix) <= self._sent[suffix]:
            return
        with open_regular(path) as file:
            file.seek(self._sent[suffix])
            while data := file.read(CHUNK_BYTES):
                self._send(Chunk(self._worker_id, suffix, self._sent[suffix], data))
                self._sent[suffix] += len(data)

    def _path(self, suffix: str) -> Path:
        return self._folder.segments / (self._worker_id + suffix)

    def _size(self, suffix: str) -> int:
        try:
            return self._path(suffix).stat().st_size
        except FileNotFoundError:
            return 0


class Receiver:
    """The master's side: writes what workers send into the run folder."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        folder.segments.mkdir(parents=True, exist_ok=True)

    def append(self, chunk: Chunk) -> Acknowledged:
        """Append a chunk if it fits the end of its file; return how much of that file is here.

        Raises OSError when it cannot be written; the worker keeps its rows and sends them again.
        """
        path = self._folder.segments / (chunk.worker + chunk.suffix)
        with os.fdopen(open_own(path, os.O_WRONLY | os.O_APPEND), "ab") as file:
            size = file.tell()
            if chunk.offset == size:
                file.write(chunk.data)
                size += len(chunk.data)
        return Acknowledged(chunk.suffix, size)

    def rows(self, worker: str) -> int:
        """Return how many whole rows of a worker are in the run folder."""
        path = self._folder.segments / (worker + SEGMENT_SUFFIX)
        return path.stat().st_size // RECORD_SIZE if path.exists() else 0
