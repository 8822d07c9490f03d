"""One direct call that ended, as whoever watches sees it; and the trace that it was sent with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from diag.direct.hosts.backend_host import BackendHost
from loadtests.sending.watching.trace_context import TraceContext, new_trace
from loadtests.sending.ways.call_way import CallEnd


@dataclass(frozen=True, slots=True)
class WatchedCall:
    """`trace_id` is empty where nothing was sent. `input`: what it was called with, never to be shown."""

    action_id: str
    action_name: str
    method: str
    host: BackendHost
    trace_id: str
    input: bytes = field(repr=False)
    end: CallEnd


Watcher = Callable[[WatchedCall], None]
"""Told of each direct call; may raise OSError where it cannot write, which ends the run."""


class Tracing(Protocol):
    """Gives each call the ids that it is sent with."""

    def begin(self, action_name: str, method: str, host: BackendHost) -> TraceContext:
        """Return the ids of a call that begins now."""

    def end(self, trace: TraceContext, outcome: str, code: str | None, status: int) -> None:
        """Consider how the call ended. `status`: 0 without a reply."""


class NewIds:
    """A Tracing that only makes ids: they are in the records and in the backend's log."""

    def begin(self, action_name: str, method: str, host: BackendHost) -> TraceContext:
        """Return ids that no other call has."""
        return new_trace()

    def end(self, trace: TraceContext, outcome: str, code: str | None, status: int) -> None:
        """Do nothing."""
