"""The metrics of direct calls as an OpenMetrics text file, replaced whole every few seconds.

For a collector that reads files (the textfile collector of node_exporter, Telegraf, an OpenTelemetry
collector). Each load process writes its own.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from analysis.format.atomic_write import write_whole
from analysis.plain_text import printable
from loadtests.sending.watching.latency_histogram import DurationHistogram, Labels

EVERY_S: Final = 5.0
NAME: Final = "http_client_request_duration_seconds"


def metrics_text(histograms: Mapping[Labels, DurationHistogram]) -> str:
    """Return the histograms as OpenMetrics text (version 1.0.0)."""
    lines = [
        f"# HELP {NAME} Duration of direct calls to backends.",
        f"# TYPE {NAME} histogram",
        f"# UNIT {NAME} seconds",
    ]
    for labels, histogram in histograms.items():
        lines += _samples(labels, histogram)
    return "\n".join([*lines, "# EOF", ""])


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


def _samples(labels: Labels, histogram: DurationHistogram) -> Iterator[str]:
    shown = ",".join(f'{name.replace(".", "_")}="{_escaped(value)}"' for name, value in labels)
    total = 0
    for bound, total in histogram.cumulative():
        yield f'{NAME}_bucket{{{shown},le="{"+Inf" if bound is None else bound}"}} {total}'
    yield f"{NAME}_count{{{shown}}} {total}"
    yield f"{NAME}_sum{{{shown}}} {histogram.sum_s:.6f}"


def _escaped(value: str) -> str:
    return printable(value).replace("\\", "\\\\").replace('"', '\\"')
