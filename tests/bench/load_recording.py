"""Recording a million rows: time and memory. The load process itself: memory."""

import resource
import tempfile
import time
from pathlib import Path

from analysis.format.call_record import OUTCOME_CODES, CallRecord
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import Outcome
from diag.workload.payloads_from_contract import EMPTY
from loadtests.planning.plan import ActionLoad
from loadtests.recording.recorder import NO_CORRELATION_ID, Recorder
from tests.bench.load_processes import ours, seconds, server

ROWS = 1_000_000


def run() -> None:
    """Print microseconds and megabytes."""
    with tempfile.TemporaryDirectory() as name:
        recorder = Recorder(RunFolder(Path(name)), "w-0", [ActionLoad("a", "A", 10, 1.0, (EMPTY,))])
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        write, call = recorder.write, _call()
        best = float("inf")
        started = time.perf_counter()
        for _ in range(10):
            began = time.perf_counter()
            for _ in range(ROWS // 10):
                write(call)
            best = min(best, (time.perf_counter() - began) / (ROWS // 10) * 1e6)
        mean = (time.perf_counter() - started) / ROWS * 1e6
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        recorder.close()
        began = time.perf_counter()
        for _ in range(ROWS // 10):
            _call()
        built = (time.perf_counter() - began) / (ROWS // 10) * 1e6
        print(
            f"  {ROWS:,} rows: {mean:.2f} us a row (best tenth {best:.2f}; goal: at most 2), "
            f"memory +{grown:.1f} MB (goal: flat); making the row before: {built:.2f} us"
        )
    with server() as (address, _), tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        ours(address, folder, "--rate", "3000", "--run-time", "15s")
        lines = seconds(folder)
        print(
            f"  load process at 3000 calls/s: {lines[3]['rss_mb']:.0f} MB after 4 s, "
            f"{lines[-1]['rss_mb']:.0f} MB at the end (goal: under 120)"
        )


def _call() -> CallRecord:
    return CallRecord(
        seq=1,
        action=1,
        scheduled_at=1.0,
        started_at=1.0,
        latency_ms=12.5,
        offered_rate=1.0,
        rtt_ms=0.0,
        correlation_id=NO_CORRELATION_ID,
        payload=1,
        error_code=0,
        http_status=200,
        in_flight=1,
        outcome=OUTCOME_CODES[Outcome.OK],
        timeout_s=10,
        attempt=1,
        target=1,
        flags=0,
    )
