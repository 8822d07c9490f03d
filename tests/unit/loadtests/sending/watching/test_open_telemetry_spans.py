"""Direct calls in OpenTelemetry: a span has the ids that were sent, names are those of the conventions."""

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from analysis.format.sample_schema import Outcome
from loadtests.sending.direct.direct_setup import DirectSetup
from loadtests.sending.watching.open_telemetry_spans import INSTRUMENT, SpanExport
from loadtests.sending.ways.call_way import CallEnd
from tests.support.direct_backend import backend, direct_load, direct_plan


def test_a_call_is_a_span_and_a_duration() -> None:
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    trace.set_tracer_provider(provider)
    metrics.set_meter_provider(MeterProvider([reader]))
    export = SpanExport()

    with backend(lambda _: b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n") as running:
        load = direct_load(running.base, path="/canary")
        calls = DirectSetup(
            direct_plan(load, running.base), connections=1, watchers=[export], tracing=export, environment={}
        )
        way = calls.way(load)
        call, _ = way.connect(0)
        reply = way.exchange(call, 0)
        way.ended(call, CallEnd(0, 0.0, 12.0, Outcome.BACKEND_ERROR, "http_503", reply.status))
        calls.close()

    (span,) = spans.get_finished_spans()
    assert span.context is not None
    ids = f"{span.context.trace_id:032x}-{span.context.span_id:016x}-01"
    assert f"traceparent: 00-{ids}\r\n".encode() in running.received[0]
    assert reply.correlation_id == f"{span.context.trace_id:032x}"
    assert (span.name, span.kind, span.status.status_code) == ("GET", SpanKind.CLIENT, StatusCode.ERROR)
    expected = {
        "http.request.method": "GET",
        "server.address": "127.0.0.1",
        "server.port": int(running.base.rpartition(":")[2]),
        "diag.action.name": "Look Up",
        "diag.outcome": "backend_error",
        "http.response.status_code": 503,
        "error.type": "503",
    }
    assert dict(span.attributes or {}) == {**expected, "url.scheme": "http"}
    data = reader.get_metrics_data()
    assert data is not None
    (metric,) = data.resource_metrics[0].scope_metrics[0].metrics
    (point,) = metric.data.data_points
    assert isinstance(point, HistogramDataPoint)
    assert (metric.name, metric.unit, point.sum) == (INSTRUMENT, "s", 0.012)
    assert dict(point.attributes or {}) == expected
