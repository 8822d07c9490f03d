"""Every call to disk at once: one write(2) of a fixed-size record to this process's own segment.

Measured (docs/load.md, "What recording costs"): about 2 microseconds a row, and `kill -9` loses only the
calls that were in flight. No pandas, no pyarrow, no buffer here: whatever was recorded is readable.
"""

import json
import os
from collections.abc import Sequence
from typing import Final, NamedTuple

from analysis.format.call_record import (
    EVENTS_SUFFIX,
    FLAG_FIRST_REQUEST,
    NAMES_SUFFIX,
    OUTCOME_CODES,
    RECORD_SIZE,
    RECORD_VERSION,
    SEGMENT_SUFFIX,
    TARGET_CODES,
    pack,
)
from analysis.format.job_lines import JOBS_SUFFIX
from analysis.format.run_folder import RunFolder
from analysis.format.schema import Outcome
from loadtests.planning.plan import ActionLoad

NO_CORRELATION_ID: Final = b"\0" * 16
MOST_MESSAGES: Final = 200

_APPEND: Final = os.O_WRONLY | os.O_CREAT | os.O_APPEND


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
        self._names_fd = os.open(base.with_name(worker_id + NAMES_SUFFIX), _APPEND, 0o644)
        self._events_fd = os.open(base.with_name(worker_id + EVENTS_SUFFIX), _APPEND, 0o644)
        self._fd = os.open(self.segment_path, _APPEND, 0o644)
        self._codes: dict[tuple[str, str, str | None, str | None], int] = {}
        self._messages = 0
        self._seen = [False] * len(actions)
        self.seq = 0
        self.outcomes: list[list[int]] = []
        """Per action of the plan: calls by outcome code (the code is the index, from 1)."""
        self._actions: list[int] = []
        for action in actions:
            self._actions.append(self.code("action", action.action_id, name=action.action_name))
            self.outcomes.append([0] * (1 + max(OUTCOME_CODES.values())))

    def code(
        self,
        kind: str,
        text: str,
        *,
        name: str | None = None,
        step: str | None = None,
        message: str | None = None,
    ) -> int:
        """Return the small integer that stands for `text` in records; written to the names file first.

        `name`: of an action. `step` and `message`: of a failure; each combination has its own code, up to
        MOST_MESSAGES of them (a platform whose every message differs must not fill the disk).
        """
        if message is not None and (kind, text, step, message) not in self._codes:
            if self._messages >= MOST_MESSAGES:
                message = None
            else:
                self._messages += 1
        known = self._codes.get((kind, text, step, message))
        if known is not None:
            return known
        code = 1 + sum(1 for other, *_ in self._codes if other == kind)
        line: dict[str, object] = {"kind": kind, "code": code, "text": text}
        if name is not None:
            line["name"] = name
        if step is not None:
            line["step"] = step
        if message is not None:
            line["message"] = message
        _write(self._names_fd, json.dumps(line).encode() + b"\n")
        self._codes[kind, text, step, message] = code
        return code

    def write(
        self,
        action: int,
        scheduled_at: float,
        started_at: float,
        latency_ms: float,
        outcome: int,
        timeout_s: int,
        http_status: int,
        in_flight: int,
        offered_rate: float,
        payload: int,
        error_code: int,
        target: int,
        flags: int,
        rtt_ms: float,
        correlation_id: bytes,
    ) -> None:
        """Append one call; `action` is its index in the plan.

        `outcome` and `target` are codes of `analysis.format.call_record`, `payload` and `error_code` come
        from `code`.
        """
        if not self._seen[action]:
            self._seen[action] = True
            flags |= FLAG_FIRST_REQUEST
        self.seq = seq = self.seq + 1
        row = pack(
            (
                seq,
                self._actions[action],
                scheduled_at,
                started_at,
                latency_ms,
                offered_rate,
                rtt_ms,
                correlation_id,
                payload,
                error_code,
                http_status,
                in_flight if in_flight < 65535 else 65535,
                outcome,
                timeout_s,
                1,
                target,
                flags,
                RECORD_VERSION,
            )
        )
        if os.write(self._fd, row) != RECORD_SIZE:
            raise OSError(28, "the disk is full", str(self.segment_path))
        self.outcomes[action][outcome] += 1

    def event(self, kind: str, **facts: object) -> None:
        """Append one line to the events file (the generator's own state, guard decisions)."""
        _write(self._events_fd, json.dumps({"kind": kind, **facts}).encode() + b"\n")

    def job(self, kind: str, **facts: object) -> None:
        """Append one line to the jobs file (layout: analysis.jobs.polling_loop), which is there only if
        needed."""
        if self._jobs_fd is None:
            self._jobs_fd = os.open(self._jobs_path, _APPEND, 0o644)
        _write(self._jobs_fd, json.dumps({"kind": kind, **facts}).encode() + b"\n")

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


def target_code(action: ActionLoad) -> int:
    """Return the record's code for the version of the action that is called."""
    return TARGET_CODES[action.target]


def _totals(row: Sequence[int]) -> ActionTotals:
    calls = sum(row)
    ok = row[OUTCOME_CODES[Outcome.OK]]
    timeouts = row[OUTCOME_CODES[Outcome.TIMEOUT]] + row[OUTCOME_CODES[Outcome.CLIENT_TIMEOUT]]
    return ActionTotals(calls, ok, timeouts, calls - ok - timeouts)


def _write(fd: int, line: bytes) -> None:
    if os.write(fd, line) != len(line):
        raise OSError(28, "the disk is full")
