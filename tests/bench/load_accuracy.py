"""Recorded minus true latency and schedule lag, beside wrk and bare constant_throughput; a frozen server."""

import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.load_processes import bare, ours, rows, server

DELAYS = ",".join(["5"] * 35 + ["20"] * 10 + ["50"] * 4 + ["120"])
QUANTILES = (0.5, 0.99)


def run() -> None:
    """Print over-report at p50 and p99 (ms) per rate and client, then the freeze."""
    print("recorded minus true (server's own clock), ms, p50 / p99; goal: within 1 / 2")
    for rate in (50, 200, 500):
        said = [f"diag {_ours(rate)}", f"constant_throughput {_bare(rate)}"]
        if shutil.which("wrk"):
            said.append(f"wrk (closed) {_wrk(rate)}")
        print(f"  {rate:>3} calls/s   " + "   ".join(said))
    _freeze()


def over(recorded: Any, log: Path) -> str:
    true = np.loadtxt(log, usecols=1) / 1000
    over = np.quantile(recorded, QUANTILES) - np.quantile(true, QUANTILES)
    return f"{over[0]:+.2f} / {over[1]:+.2f}"


def _ours(rate: int) -> str:
    with tempfile.TemporaryDirectory() as name:
        log, folder = Path(name) / "log", Path(name) / "run"
        with server("--delays-ms", DELAYS, "--log", str(log)) as (address, _):
            ours(address, folder, "--rate", str(rate), "--run-time", "12s")
        table = rows(folder)
        lag = (table["started_at"] - table["scheduled_at"]) * 1000
        late = np.quantile(lag, 0.99)
        return f"{over(table['latency_ms'], log)}, schedule lag p99 {late:.2f} (goal < 2 at 500)"


def _bare(rate: int) -> str:
    with tempfile.TemporaryDirectory() as name:
        log, out = Path(name) / "log", Path(name) / "out"
        with server("--delays-ms", DELAYS, "--log", str(log)) as (address, _):
            bare(
                address,
                *("-u", "100", "-r", "100", "--run-time", "12s"),
                DIAG_BENCH_RATE=str(rate / 100),
                DIAG_BENCH_OUT=str(out),
            )
        return over(np.fromfile(out), log)


def _wrk(rate: int) -> str:
    connections = max(1, round(rate * 0.0139))  # mean delay 13.9 ms: about this rate in a closed loop
    with tempfile.TemporaryDirectory() as name:
        log, script = Path(name) / "log", Path(name) / "post.lua"
        script.write_text('wrk.method = "POST"\nwrk.body = "{}"\n')
        with server("--delays-ms", DELAYS, "--log", str(log)) as (address, _):
            url = f"{address}/api/v2/integrations/actions/bench-1/test"
            line = ["wrk", "-t1", f"-c{connections}", "-d10s", "--latency", "-s", str(script), url]
            output = subprocess.run(line, capture_output=True, text=True, check=True).stdout
        found = {share: _ms(text) for share, text in re.findall(r"(50|99)%\s+(\S+)", output)}
        return over(np.array([found["50"], found["50"], found["99"]]), log) if not found else _of(found, log)


def _of(found: dict[str, float], log: Path) -> str:
    true = np.quantile(np.loadtxt(log, usecols=1) / 1000, QUANTILES)
    return f"{found['50'] - true[0]:+.2f} / {found['99'] - true[1]:+.2f}"


def _ms(text: str) -> float:
    number = float(re.sub(r"[a-z]+", "", text))
    return number * {"us": 0.001, "ms": 1.0, "s": 1000.0}[re.sub(r"[0-9.]+", "", text)]


def _freeze() -> None:
    """Freeze the server for 2 s at 200 calls/s; the truth is what a caller due then had to wait."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        marks = {}
        with server("--delays-ms", "5") as (address, process):

            def freeze() -> None:
                while not list(folder.glob("segments/*.seg")):
                    time.sleep(0.1)
                time.sleep(8)
                marks["from"] = time.time()
                process.send_signal(signal.SIGSTOP)
                time.sleep(2)
                marks["to"] = time.time()
                process.send_signal(signal.SIGCONT)

            thread = threading.Thread(target=freeze)
            thread.start()
            ours(address, folder, "--rate", "200", "--run-time", "20s")
            thread.join()
        table = rows(folder)
        due = table["scheduled_at"]
        response = (table["started_at"] - due) * 1000 + table["latency_ms"]
        inside = (due > marks["from"] - 0.005) & (due < marks["to"])
        true = np.where(inside, (marks["to"] - due) * 1000 + 5, 5)
        seen, truth = np.quantile(response, 0.99), np.quantile(true, 0.99)
        print(
            f"  server frozen 2 s at 200 calls/s: p99 from intended start {seen:.0f} ms, truth {truth:.0f} "
            f"ms ({(seen / truth - 1) * 100:+.1f} %; goal: within 5 %), {len(table)} calls"
        )
