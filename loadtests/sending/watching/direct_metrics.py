"""The metrics of direct calls as an OpenMetrics text file, replaced whole every few seconds.

For a collector that reads files (the textfile collector of node_exporter, Telegraf, an OpenTelemetry
collector). Each load process writes its own.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from analysis.format.atomic_write import write_whole
from analysis.openmetrics import Family, Metric, Sample, openmetrics_text
from loadtests.sending.watching.latency_histogram import DurationHistogram, Labels

EVERY_S: Final = 5.0
DURATION: Final = Metric(
    "http_client_request_duration_seconds", "Duration of direct calls to backends.", "seconds", "histogram"
)


def metrics_text(histograms: Mapping[Labels, DurationHistogram]) -> str:
    """Return the histograms as OpenMetrics text."""
    samples = tuple(one for labels, each in histograms.items() for one in _samples(labels, each))
    return openmetrics_text([Family(DURATION, samples)])


def metrics_path(wanted: str, worker_id: str | None) -> Path:
    """Return where a load process writes: `wanted`, of a worker with its id before the ending."""
    path = Path(wanted)
    return path if worker_id is None else path.with_name(f"{path.stem}-{worker_id}{path.suffix}")


class MetricsFile:
    """What was counted so far, as one process writes it."""

    def __init__(self, path: Path, histograms: Mapping[Labels, DurationHistogram]) -> None:
        self._path = path
        self._histograms = histograms

    def text(self) -> str:
        """Return what the file is to hold now."""
        return metrics_text(self._histograms)

    def write(self, text: str) -> None:
        """Replace the file; a reader sees the old one or the new one. Raises OSError."""
        write_whole(self._path, text)


def _samples(labels: Labels, histogram: DurationHistogram) -> Iterator[Sample]:
    shown = tuple((name.replace(".", "_"), value) for name, value in labels)
    total = 0
    for bound, total in histogram.cumulative():
        yield Sample(total, (*shown, ("le", "+Inf" if bound is None else str(bound))), "_bucket")
    yield Sample(total, shown, "_count")
    yield Sample(histogram.sum_s, shown, "_sum")
