"""Recording a million rows: time and memory. The load process itself: memory."""

import resource
import tempfile
import time
from pathlib import Path

from analysis.format.call_record import OUTCOME_CODES
from analysis.format.run_folder import RunFolder
from analysis.format.schema import Outcome
from diag.workload.payloads import EMPTY
from loadtests.planning.plan import ActionLoad
from loadtests.recording.recorder import NO_CORRELATION_ID, Recorder
from tests.bench.load_processes import ours, seconds, server

ROWS = 1_000_000


def run() -> None:
    """Print microseconds and megabytes."""
    with tempfile.TemporaryDirectory() as name:
        recorder = Recorder(RunFolder(Path(name)), "w-0", [ActionLoad("a", "A", 10, 1.0, (EMPTY,))])
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        write, ok = recorder.write, OUTCOME_CODES[Outcome.OK]
        best = float("inf")
        started = time.perf_counter()
        for _ in range(10):
            began = time.perf_counter()
            for number in range(ROWS // 10):
                write(0, 1.0, 1.0, float(number), ok, 10, 200, 1, 1.0, 1, 0, 1, 0, 0.0, NO_CORRELATION_ID)
            best = min(best, (time.perf_counter() - began) / (ROWS // 10) * 1e6)
        mean = (time.perf_counter() - started) / ROWS * 1e6
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        recorder.close()
        print(
            f"  {ROWS:,} rows: {mean:.2f} us a row (best tenth {best:.2f}; goal: at most 2), "
            f"memory +{grown:.1f} MB (goal: flat)"
        )
    with server() as (address, _), tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        ours(address, folder, "--rate", "3000", "--run-time", "15s")
        lines = seconds(folder)
        print(
            f"  load process at 3000 calls/s: {lines[3]['rss_mb']:.0f} MB after 4 s, "
            f"{lines[-1]['rss_mb']:.0f} MB at the end (goal: under 120)"
        )
