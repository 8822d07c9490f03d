"""Rows lost when a process is killed with SIGKILL: calls the server answered against rows on disk."""

import os
import signal
import tempfile
import time
from pathlib import Path

from analysis.record import RECORD_SIZE
from tests.bench.load_processes import ours, server


def run() -> None:
    """Print answered, recorded and lost for each victim."""
    for victim in ("one process", "a worker of two", "the master", "all"):
        print("  " + _kill(victim))


def _kill(victim: str) -> str:
    with tempfile.TemporaryDirectory() as name:
        log, folder = Path(name) / "log", Path(name) / "run"
        with server("--delays-ms", "20", "--log", str(log)) as (address, _):
            processes = [] if victim == "one process" else ["--processes", "2"]
            parent = ours(address, folder, "--rate", "500", "--run-time", "8s", *processes, wait=False)
            end = time.monotonic() + 60
            while _rows(folder) < 1500 and time.monotonic() < end:
                time.sleep(0.05)
            workers = _children(parent.pid)
            victims = {
                "one process": [parent.pid],
                "a worker of two": workers[:1],
                "the master": [parent.pid],
                "all": [parent.pid, *workers],
            }[victim]
            for pid in victims:
                os.kill(pid, signal.SIGKILL)
            parent.communicate(timeout=100)
            code = parent.returncode
            for pid in workers:
                while _alive(pid):
                    time.sleep(0.05)
        answered = sum(1 for _ in log.open())
        rows = _rows(folder)
        lost = answered - rows
        return f"{victim:<16} answered {answered:>5}, rows {rows:>5}, lost {lost:>2}; exit code {code}"


def _rows(folder: Path) -> int:
    return sum(path.stat().st_size // RECORD_SIZE for path in folder.glob("segments/*.seg"))


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
