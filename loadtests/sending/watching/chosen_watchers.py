"""Who watches the direct calls of one process: what the plan asks for, OpenTelemetry if Locust has it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import gevent

from analysis.format.run_folder import RunFolder
from diag.errors import UsageError
from loadtests.planning.plan import LoadPlan
from loadtests.sending.watching.audit_lines import AuditLines
from loadtests.sending.watching.direct_metrics import EVERY_S, MetricsFile, metrics_path
from loadtests.sending.watching.latency_histogram import LatencyHistograms
from loadtests.sending.watching.watched_call import Tracing, Watcher

_LOG: Final = logging.getLogger("diag.load")


@dataclass(frozen=True, slots=True)
class WatchOrder:
    """What one process is to keep of its direct calls beside the records."""

    audit_key: str | None = field(default=None, repr=False)
    """A line for each call, with inputs hashed by this key; None: no lines. It never shows."""
    metrics_file: Path | None = None
    telemetry: bool = False
    """Locust was started with `--otel`."""


def watch_order(plan: LoadPlan, *, key: str, telemetry: bool, worker_id: str | None = None) -> WatchOrder:
    """Return what a process is to keep of its direct calls; `worker_id` where it works for a master."""
    rules = plan.direct
    if rules is None:
        return WatchOrder()
    metrics = None if rules.metrics_file is None else metrics_path(rules.metrics_file, worker_id)
    return WatchOrder(key if rules.audit else None, metrics, telemetry)


class ChosenWatchers:
    """Made at the start of a run, `close`d at its end. `watchers` and `tracing` are for the ways of calls."""

    def __init__(self, order: WatchOrder, folder: RunFolder, worker_id: str) -> None:
        """Raises OSError where lines cannot be written, UsageError where metrics cannot."""
        self.watchers: list[Watcher] = []
        self.tracing: Tracing | None = None
        self._audit: AuditLines | None = None
        self._metrics: MetricsFile | None = None
        self._unwritable = False
        if order.audit_key is not None:
            self._audit = AuditLines(folder, worker_id, order.audit_key)
            self.watchers.append(self._audit)
        if order.metrics_file is not None:
            self._metrics = self._begun(order.metrics_file)
        if order.telemetry:
            self._add_telemetry()

    def keep_writing(self, sleep: Callable[[float], object]) -> None:
        """Replace the file of metrics every few seconds, for ever."""
        while self._metrics is not None:
            sleep(EVERY_S)
            # Text here, where nothing changes meanwhile; the disk in a thread: it must not stop the calls.
            gevent.get_hub().threadpool.apply(self._write, (self._metrics.text(),))

    def close(self) -> None:
        """Write everything a last time."""
        if self._metrics is not None:
            self._write(self._metrics.text())
        if self._audit is not None:
            self._audit.close()

    def _begun(self, path: Path) -> MetricsFile:
        histograms = LatencyHistograms()
        self.watchers.append(histograms)
        file = MetricsFile(path, histograms.of)
        try:
            file.write(file.text())
        except OSError as error:
            raise UsageError(f"The metrics cannot be written to {path} ({error.strerror}).") from None
        return file

    def _write(self, text: str) -> None:
        """Write the metrics; what fails is said once: the records are what counts, and they are safe."""
        assert self._metrics is not None
        try:
            self._metrics.write(text)
        except OSError as error:
            if not self._unwritable:
                self._unwritable = True
                _LOG.warning("the metrics could not be written to %s: %s", error.filename, error.strerror)

    def _add_telemetry(self) -> None:
        try:
            from loadtests.sending.watching.open_telemetry_spans import SpanExport
        except ImportError:  # Locust has said so
            return
        telemetry = SpanExport()
        self.watchers.append(telemetry)
        self.tracing = telemetry
