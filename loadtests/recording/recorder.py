"""Every call to disk at once: one write(2) of a fixed-size record to this process's own segment.

Measured (docs/load.md, "What recording costs"): about 2 microseconds a row, and `kill -9` loses only the
calls that were in flight. No pandas, no pyarrow, no buffer here: whatever was recorded is readable.
"""

import os
from collections.abc import Sequence
from typing import Final, NamedTuple

from analysis.format.call_record import (
    EVENTS_SUFFIX,
    FLAG_FIRST_REQUEST,
    NAMES_SUFFIX,
    OUTCOME_CODES,
    RECORD_SIZE,
    SEGMENT_SUFFIX,
    TARGET_CODES,
    CallRecord,
    pack,
)
from analysis.format.input_file import open_own
from analysis.format.job_lines import JOBS_SUFFIX
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import InputOrigin, Outcome
from analysis.plain_text import json_text
from loadtests.planning.plan import ActionLoad

NO_CORRELATION_ID: Final = b"\0" * 16
MOST_MESSAGES: Final = 200
MOST_IN_FLIGHT: Final = 65_535
"""What the field of a record holds; more are recorded as so many."""

_APPEND: Final = os.O_WRONLY | os.O_APPEND


class ActionTotals(NamedTuple):
    """Calls of one action so far. `timeouts`: of the platform and of the client, all right-censored."""

    calls: int
    ok: int
    timeouts: int
    errors: int

    @property
    def fine(self) -> int:
        """Return how many were no error: ok, or timed out."""
        return self.ok + self.timeouts


class Recorder:
    """Writes one process's rows. Not thread-safe: greenlets of one thread share it.

    Raises OSError from `write` when the disk refuses (full, gone); what was written before stays readable.
    """

    def __init__(self, folder: RunFolder, worker_id: str, actions: Sequence[ActionLoad]) -> None:
        folder.segments.mkdir(parents=True, exist_ok=True)
        base = folder.segments / worker_id
        self._jobs_path = base.with_name(worker_id + JOBS_SUFFIX)
        self._jobs_fd: int | None = None
        self.segment_path = base.with_name(worker_id + SEGMENT_SUFFIX)
        self._names_fd = open_own(base.with_name(worker_id + NAMES_SUFFIX), _APPEND)
        self._events_fd = open_own(base.with_name(worker_id + EVENTS_SUFFIX), _APPEND)
        self._fd = open_own(self.segment_path, _APPEND)
        self._codes: dict[tuple[str, str, str | None, str | None, str | None], int] = {}
        self._messages = 0
        self.seq = 0
        """Number of the call written last; how many there are."""
        self.action_codes = [self.code("action", one.action_id, name=one.action_name) for one in actions]
        """Per action of the plan: the code that stands for it in records."""
        self.outcomes = [[0] * (1 + max(OUTCOME_CODES.values())) for _ in actions]
        """Per action of the plan: calls by outcome code (the code is the index, from 1)."""
        called = [
            (code, TARGET_CODES[one.target]) for code, one in zip(self.action_codes, actions, strict=True)
        ]
        self._outcomes_of = dict(zip(called, self.outcomes, strict=True))
        """By action and target: an action and its backend have one code, and are never counted together."""
        self._not_called = set(called)

    def code(
        self,
        kind: str,
        text: str,
        *,
        name: str | None = None,
        step: str | None = None,
        message: str | None = None,
        origin: InputOrigin | None = None,
    ) -> int:
        """Return the small integer that stands for `text` in records; written to the names file first.

        `name`: of an action. `origin`: of an input. `step` and `message`: of a failure. Each combination has
        its own code, up to MOST_MESSAGES of messages (where each one differs, they must not fill the disk).
        """
        if message is not None and (kind, text, step, message, origin) not in self._codes:
            if self._messages >= MOST_MESSAGES:
                message = None
            else:
                self._messages += 1
        known = self._codes.get((kind, text, step, message, origin))
        if known is not None:
            return known
        code = 1 + sum(1 for other, *_ in self._codes if other == kind)
        line: dict[str, object] = {"kind": kind, "code": code, "text": text}
        beside = {"name": name, "step": step, "message": message, "origin": origin}
        line.update((key, value) for key, value in beside.items() if value is not None)
        _write(self._names_fd, json_text(line).encode() + b"\n")
        self._codes[kind, text, step, message, origin] = code
        return code

    def write(self, call: CallRecord) -> None:
        """Append one call, whose `seq` is `seq + 1` of this recorder and whose `action` is of `action_codes`.

        The flag of an action's first request is added here, of each of its targets.
        """
        called = (call.action, call.target)
        if called in self._not_called:
            self._not_called.discard(called)
            call = call._replace(flags=call.flags | FLAG_FIRST_REQUEST)
        if call.in_flight > MOST_IN_FLIGHT:
            call = call._replace(in_flight=MOST_IN_FLIGHT)
        self.seq = call.seq
        if os.write(self._fd, pack(call[:])) != RECORD_SIZE:  # a plain tuple is packed faster
            raise OSError(28, "the disk is full", str(self.segment_path))
        self._outcomes_of[called][call.outcome] += 1

    def event(self, kind: str, **facts: object) -> None:
        """Append one line to the events file (the generator's own state, guard decisions)."""
        _write(self._events_fd, json_text({"kind": kind, **facts}).encode() + b"\n")

    def job(self, kind: str, **facts: object) -> None:
        """Append one line to the jobs file (layout: analysis.format.job_lines), which is there only if
        needed."""
        if self._jobs_fd is None:
            self._jobs_fd = open_own(self._jobs_path, _APPEND)
        _write(self._jobs_fd, json_text({"kind": kind, **facts}).encode() + b"\n")

    def totals_of(self, action: int) -> ActionTotals:
        """Return what was recorded of one action (its index in the plan)."""
        return _totals(self.outcomes[action])

    def totals(self) -> list[ActionTotals]:
        """Return what was recorded, per action of the plan."""
        return [_totals(row) for row in self.outcomes]

    def close(self) -> None:
        """Flush to the disk itself and close."""
        for fd in (self._fd, self._names_fd, self._events_fd, self._jobs_fd):
            if fd is not None:
                os.fsync(fd)
                os.close(fd)


def _totals(row: Sequence[int]) -> ActionTotals:
    calls = sum(row)
    ok = row[OUTCOME_CODES[Outcome.OK]]
    timeouts = row[OUTCOME_CODES[Outcome.TIMEOUT]] + row[OUTCOME_CODES[Outcome.CLIENT_TIMEOUT]]
    return ActionTotals(calls, ok, timeouts, calls - ok - timeouts)


def _write(fd: int, line: bytes) -> None:
    if os.write(fd, line) != len(line):
        raise OSError(28, "the disk is full")
