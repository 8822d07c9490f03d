"""Spans and a metric of direct calls for OpenTelemetry, as Locust sets it up for `--otel`.

Locust itself instruments only `requests` and `urllib3`; calls here go over sockets of their own. Names are
those of the semantic conventions for HTTP clients; `diag.*` are our own. No address beyond the host and
nothing of an input or a reply is in a span.
"""

from typing import Final

from opentelemetry import metrics, trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from diag.direct.hosts.backend_host import BackendHost
from loadtests.sending.watching.latency_histogram import BOUNDS_S, error_type, labels_of
from loadtests.sending.watching.trace_context import TraceContext
from loadtests.sending.watching.watched_call import WatchedCall

INSTRUMENT: Final = "http.client.request.duration"
_OUR_NAME: Final = "genesys-diag"


class SpanExport:
    """A Tracing and a Watcher."""

    def __init__(self) -> None:
        self._tracer = trace.get_tracer(_OUR_NAME)
        self._duration = metrics.get_meter(_OUR_NAME).create_histogram(
            INSTRUMENT,
            unit="s",
            description="Duration of direct calls to backends.",
            explicit_bucket_boundaries_advisory=BOUNDS_S,
        )
        self._open: dict[str, Span] = {}

    def begin(self, action_name: str, method: str, host: BackendHost) -> TraceContext:
        """Begin a span; its ids are those that the call is sent with."""
        span = self._tracer.start_span(
            method,
            kind=SpanKind.CLIENT,
            attributes={
                "http.request.method": method,
                "server.address": host.host,
                "server.port": host.port,
                "url.scheme": host.scheme,
                "diag.action.name": action_name,
            },
        )
        ids = span.get_span_context()
        found = TraceContext(f"{ids.trace_id:032x}", f"{ids.span_id:016x}", bool(ids.trace_flags.sampled))
        self._open[found.span_id] = span
        return found

    def end(self, trace: TraceContext, outcome: str, code: str | None, status: int) -> None:
        """End the span of a call."""
        span = self._open.pop(trace.span_id, None)
        if span is None:
            return
        span.set_attribute("diag.outcome", outcome)
        if status:
            span.set_attribute("http.response.status_code", status)
        if code is not None:
            span.set_attribute("error.type", error_type(code, status))
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    def __call__(self, call: WatchedCall) -> None:
        """Record the duration of a call."""
        numbers = {"server.port", "http.response.status_code"}
        labels = {name: int(value) if name in numbers else value for name, value in labels_of(call)}
        self._duration.record(call.end.latency_ms / 1000, labels)
