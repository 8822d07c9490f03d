"""What busy neighbours do to recorded latencies, beside what the generator says of itself and its grade.

Each neighbour is a process that computes all the time at nice 0; two of them fill this machine's two cores.
"""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from tests.bench.load_processes import ours, rows, server

DELAYS = ",".join(["5"] * 35 + ["20"] * 10 + ["50"] * 4 + ["120"])
FIGURES = ("schedule_lag_p99_ms", "hub_lag_p99_ms", "run_queue_share", "cpu_share")


def run() -> None:
    """Print over-report (ms) and the generator's figures with 0 to 8 neighbours."""
    for rate in (100, 500):
        for neighbours in (0, 1, 2, 4, 8):
            print(f"  {rate:>3} calls/s, {neighbours} neighbours   {_measured(rate, neighbours)}", flush=True)


def _measured(rate: int, neighbours: int) -> str:
    with tempfile.TemporaryDirectory() as name:
        log, folder = Path(name) / "log", Path(name) / "run"
        with ExitStack() as stack:
            address, _ = stack.enter_context(server("--delays-ms", DELAYS, "--log", str(log)))
            for _ in range(neighbours):
                stack.callback(_busy().kill)
            ours(address, folder, "--rate", str(rate), "--run-time", "8s")
        recorded, true = rows(folder)["latency_ms"], np.loadtxt(log, usecols=1) / 1000
        manifest = json.loads((folder / "manifest.json").read_text())
    # Call by call, paired by rank: quantiles of a few fixed delays would hide it on their plateaus.
    over = np.quantile(np.sort(recorded) - np.sort(true), (0.5, 0.99))
    seen = " ".join(f"{name}={manifest['generator'].get(name, float('nan')):.3g}" for name in FIGURES)
    return (
        f"over-report p50 {over[0]:+.2f} p99 {over[1]:+.2f} ms (load {os.getloadavg()[0]:.1f})   {seen}   "
        f"{manifest['grade']}: {manifest['grade_reason']}"
    )


def _busy() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "while True: pass"])
