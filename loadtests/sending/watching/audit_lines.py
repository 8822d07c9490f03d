"""`segments/<worker>.audit`: a line for each direct call, on disk at once, and nothing in it that was sent.

Equal inputs of a run have equal hashes. Their key is made anew for each run and kept nowhere, so no guess of
an input can be held against a hash afterwards.
"""

import hashlib
import hmac
import os
import secrets
from typing import Final

from analysis.format.input_file import open_own
from analysis.format.run_folder import AUDIT_SUFFIX, RunFolder
from analysis.plain_text import json_text
from loadtests.sending.watching.watched_call import WatchedCall

_HASH_DIGITS: Final = 32


def new_audit_key() -> str:
    """Return the key of a run; all its load processes share it."""
    return secrets.token_hex(32)


class AuditLines:
    """A Watcher. Raises OSError when the disk refuses."""

    def __init__(self, folder: RunFolder, worker_id: str, key: str) -> None:
        folder.segments.mkdir(parents=True, exist_ok=True)
        self._fd = open_own(folder.segments / (worker_id + AUDIT_SUFFIX), os.O_WRONLY | os.O_APPEND)
        self._key = key.encode()
        self._hashes: dict[bytes, str] = {}

    def __call__(self, call: WatchedCall) -> None:
        """Append one line."""
        end = call.end
        line = {
            "at": round(end.started_at, 6),
            "action_id": call.action_id,
            "attempt": 1,
            "input": self._hash(call.input),
            "outcome": end.outcome,
            "error_code": end.code,
            "http_status": end.status or None,
            "latency_ms": round(end.latency_ms, 3),
            "trace_id": call.trace_id or None,
        }
        data = json_text(line).encode() + b"\n"
        if os.write(self._fd, data) != len(data):
            raise OSError(28, "the disk is full")

    def close(self) -> None:
        """Flush to the disk itself and close."""
        os.fsync(self._fd)
        os.close(self._fd)

    def _hash(self, body: bytes) -> str:
        known = self._hashes.get(body)
        if known is None:
            digest = hmac.new(self._key, body, hashlib.sha256).hexdigest()
            known = self._hashes[body] = digest[:_HASH_DIGITS]
        return known
