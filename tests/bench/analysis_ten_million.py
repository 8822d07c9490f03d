"""Ten million calls of fifty actions: verdicts, beside pandas doing only the percentiles."""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 10_000_000
ACTIONS = 50
ROWS_PER_GROUP = 500_000


def run() -> None:
    """Print time and peak memory, each way in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "samples.parquet"
        _in_child("write", path)
        print(f"{ROWS:,} calls, {ACTIONS} actions, {path.stat().st_size / 1e6:.0f} MB of Parquet")
        for way in ("verdicts", "pandas"):
            print(f"  {way:9s} {_in_child(way, path)}", flush=True)


def _in_child(way: str, path: Path) -> str:
    command = [sys.executable, "-m", "tests.bench.analysis_ten_million", way, str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _write(path: Path) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(1)
    writer = None
    for part in range(ROWS // ROWS_PER_GROUP):
        n = ROWS_PER_GROUP
        action = rng.integers(0, ACTIONS, n)
        latency = 400.0 * (1 + action % 7) * np.exp(0.6 * rng.standard_normal(n))
        started = 1.7e9 + part * 5000 + np.sort(rng.uniform(0, 5000, n))
        table = pa.table(
            {
                "action_id": pa.array([f"action-{code:02d}" for code in range(ACTIONS)]).take(
                    pa.array(action)
                ),
                "run_id": pa.array(["run-1"] * n).dictionary_encode(),
                "worker_id": pa.array(["w1", "w2"]).take(pa.array(rng.integers(0, 2, n))),
                "started_at": started,
                "scheduled_at": started - 0.001,
                "latency_ms": np.minimum(latency, 10_000.0),
                "outcome": pa.array(["ok", "timeout"]).take(pa.array((latency > 10_000).astype(int))),
                "timeout_s": np.full(n, 10),
                "offered_rate": np.full(n, 2.0),
                "attempt": np.ones(n, dtype=np.int64),
                "rtt_ms": rng.uniform(20, 40, n),
                "correlation_id": pa.array([f"{code:036d}" for code in range(n)]),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    assert writer is not None
    writer.close()


def _verdicts(path: Path) -> None:
    from analysis.samples.read_samples import read_samples
    from analysis.verdicts.recommend import recommend

    started = time.perf_counter()
    samples = read_samples([path])
    read, read_mb = time.perf_counter() - started, _peak_mb()
    started, worked = time.perf_counter(), time.process_time()
    analysis = recommend(samples)
    took, worked = time.perf_counter() - started, time.process_time() - worked
    verdicts = {one.verdict.value for one in analysis.actions}
    print(
        f"read {read:5.1f} s, then {took:5.1f} s ({worked:.1f} s of one core); "
        f"peak {read_mb:,.0f} MB after reading, {_peak_mb():,.0f} MB in all; "
        f"{len(analysis.actions)} actions: {', '.join(sorted(verdicts))}"
    )


def _pandas(path: Path) -> None:
    import numpy as np
    import pandas as pd

    started = time.perf_counter()
    table = pd.read_parquet(path, columns=["action_id", "latency_ms"])
    read = time.perf_counter() - started
    started, worked = time.perf_counter(), time.process_time()
    table.groupby("action_id")["latency_ms"].quantile(np.array([0.5, 0.95, 0.99]))
    took, worked = time.perf_counter() - started, time.process_time() - worked
    print(
        f"read {read:5.1f} s, then {took:5.1f} s ({worked:.1f} s of one core); "
        f"peak {_peak_mb():,.0f} MB; percentiles only"
    )


if __name__ == "__main__":
    {"write": _write, "verdicts": _verdicts, "pandas": _pandas}[sys.argv[1]](Path(sys.argv[2]))
