"""The memory that files of JMeter take, of so many calls and of four times as many: read, judged and drawn.

Calls of one action, written as they end, so that they have to be put in order. Each size in a process of its
own; what Python and its libraries take by themselves stands beside it.
"""

import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Final

from analysis.machine.own_process import peak_memory_mb

CALLS: Final = 2_000_000
TIMES: Final = 4
AT_ONCE: Final = 500_000
PACE: Final = 2000.0


def run() -> None:
    """Print time and peak memory of both sizes, and how many times more the larger one takes."""
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.jtl"
        bare = float(_in_child("nothing", path))
        for calls in (CALLS, CALLS * TIMES):
            _in_child("write", path, str(calls))
            words, peak = _in_child("judge", path).rsplit(" ", 1)
            peaks.append(float(peak))
            size = path.stat().st_size / 1e6
            print(f"  {calls:>10,} calls, {size:,.0f} MB: {words}; peak {float(peak):,.0f} MB", flush=True)
    print(
        f"  {TIMES} times the calls: {peaks[1] / peaks[0]:.2f} times the peak; without a file it is "
        f"{bare:,.0f} MB"
    )


def _in_child(way: str, path: Path, *given: str) -> str:
    command = [sys.executable, "-m", "tests.bench.analysis_memory", way, str(path), *given]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _write(path: Path, calls: int) -> None:
    import numpy as np
    import pyarrow as pa
    from pyarrow import csv

    rng = np.random.default_rng(1)
    plain = csv.WriteOptions(include_header=False, quoting_style="none")
    begun_ms = 1_790_000_000_000.0
    with path.open("wb") as file:
        file.write(b"timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,bytes\n")
        for _ in range(calls // AT_ONCE):
            start = begun_ms + np.cumsum(rng.exponential(1e3 / PACE, AT_ONCE))
            took = np.ceil(rng.lognormal(np.log(400.0), 0.6, AT_ONCE))
            begun_ms = float(start[-1])
            order = np.argsort(start + took)
            good = rng.random(AT_ONCE) < 0.99
            columns = [
                start[order].astype(np.int64),
                took[order].astype(np.int64),
                pa.array(["Get customer"] * AT_ONCE),
                pa.array(np.where(good, "200", "503")),
                pa.array(np.where(good, "OK", "Service Unavailable")),
                pa.array(["Users 1-17"] * AT_ONCE),
                pa.array(np.where(good, "true", "false")),
                np.full(AT_ONCE, 1200),
            ]
            csv.write_csv(pa.table(columns, names=list("abcdefgh")), file, plain)


def _judge(path: Path) -> None:
    from analysis.recommend_settings import RecommendSettings
    from analysis.samples.read_samples import read_samples
    from analysis.verdicts.recommend import recommend
    from analysis.views.summarise import summarise

    seconds = [time.perf_counter()]
    samples = read_samples([path], detail=True)
    seconds.append(time.perf_counter())
    analysis = recommend(samples)
    seconds.append(time.perf_counter())
    summarise(samples, RecommendSettings(), analysis.waiting)
    seconds.append(time.perf_counter())
    read, judged, drawn = (after - before for before, after in pairwise(seconds))
    print(f"read {read:.1f} s, judged {judged:.1f} s, drawn {drawn:.1f} s {peak_memory_mb():.0f}")


def _nothing() -> None:
    import analysis.samples.read_samples
    import analysis.verdicts.recommend
    import analysis.views.summarise  # noqa: F401

    print(f"{peak_memory_mb():.0f}")


if __name__ == "__main__":
    way, file, *rest = sys.argv[1:]
    if way == "write":
        _write(Path(file), int(rest[0]))
    elif way == "judge":
        _judge(Path(file))
    else:
        _nothing()
