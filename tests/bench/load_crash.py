"""Rows lost when processes are killed with SIGKILL, and how old they were, by the sandbox's own record.

A lost row is a call the sandbox has answered that is in no file left: not in the run folder, and for
workers with a disk of their own not even there once that disk is gone with its machine. Its age is the time
from the answer to the kill; a call answered after the kill was in flight.
"""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from analysis.format.call_record import RECORD_SIZE
from analysis.samples.segment_columns import read_segment
from diag.sandbox.launch import start_sandbox
from tests.bench.load_processes import start_ours
from tests.support.waiting import wait_until

BOUND_S: Final = 5.0
RATE: Final = "200"
ENOUGH_ROWS: Final = 1200
SCENARIO: Final = """
description = "One quick action"
[limits]
concurrent_executions = 10000
executions_per_minute = 10000000
token_requests_per_minute = 10000000
[[integration]]
name = "Backend"
type = "custom-rest-actions"
[[action]]
name = "Quick"
integration = "Backend"
category = "c"
timeout_s = 5
latency = { model = "lognormal", median_ms = 20, sigma = 0.3 }
"""


@dataclass(frozen=True, slots=True)
class Load:
    """Processes of one run: the first is the one that was started, the others work for it."""

    main: "subprocess.Popen[str]"
    workers: Sequence[int]


def run() -> None:
    """Print answered, recorded, lost and the age of the oldest lost row for each victim."""
    for victim in ("one process", "a worker of two", "the master", "all"):
        print("  " + _kill(victim, spools=False))
    for victim in ("a worker of two", "the master", "all"):
        print("  " + _kill(victim, spools=True))


def _kill(victim: str, *, spools: bool) -> str:
    with tempfile.TemporaryDirectory() as name:
        scenario, folder = Path(name) / "quick.toml", Path(name) / "run"
        scenario.write_text(SCENARIO)
        with start_sandbox(scenario=str(scenario)) as sandbox:
            load = _start(sandbox.base_url, folder, Path(name), victim, spools=spools)
            _wait_for_rows(folder)
            victims = {
                "one process": [load.main.pid],
                "a worker of two": load.workers[:1],
                "the master": [load.main.pid],
                "all": [load.main.pid, *load.workers],
            }[victim]
            before = _recorded(folder)
            killed_at = time.time()
            for pid in victims:
                os.kill(pid, signal.SIGKILL)
            load.main.communicate(timeout=100)
            for pid in load.workers:
                _end(pid)
            page = httpx.get(
                f"{sandbox.base_url}/sandbox/truth/calls", params={"limit": 50_000}, trust_env=False
            )
        left = _recorded(folder)
        if spools and victim == "the master":  # its workers live on and keep what it has not
            left |= _recorded(Path(name) / "spools")
        answered = {
            call["correlation_id"]: call["started_at"] + call["served_ms"] / 1e3
            for call in page.json()["calls"]
            if call["outcome"] == "ok"
        }
        assert before <= left, "a row that was there has gone"
        ages = [killed_at - at for id_, at in answered.items() if id_ not in left]
        return _line(victim, len(answered), len(left), ages, spools=spools)


def _line(victim: str, answered: int, recorded: int, ages: Sequence[float], *, spools: bool) -> str:
    old = [age for age in ages if age > 0]
    oldest = f"oldest {max(old) * 1e3:.0f} ms" if old else "none of them older than the kill"
    kept = "disks of their own" if spools else "one disk"
    verdict = "" if max(old, default=0.0) <= BOUND_S else f"  ABOVE {BOUND_S:g} s"
    return (
        f"{victim:<16} {kept:<18} answered {answered:>5}, rows {recorded:>5}, lost {len(ages):>3} "
        f"({len(ages) - len(old)} in flight; {oldest}){verdict}"
    )


def _start(address: str, folder: Path, below: Path, victim: str, *, spools: bool) -> Load:
    if not spools:
        processes = [] if victim == "one process" else ["--processes", "2"]
        main = start_ours(address, folder, "--rate", RATE, "--run-time", "15s", *processes)
        wanted = 2 if processes else 0
        return Load(main, _children(main.pid, wanted))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    master = ["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port]
    patience = ["--expect-workers", "2", "--lost-after", "5"]
    main = start_ours(address, folder, "--rate", RATE, "--run-time", "15s", *master, *patience)
    workers = []
    for number in (0, 1):
        spool = below / "spools" / str(number)
        spool.mkdir(parents=True)
        options = ["--worker", "--master-port", port, "--spool", str(spool), "--deliver-within", "1"]
        workers.append(start_ours(address, folder, *options).pid)
    return Load(main, workers)


def _recorded(folder: Path) -> set[str]:
    """The correlation ids of all whole rows below a folder."""
    return {
        str(uuid.UUID(bytes=value.tobytes()))
        for path in folder.rglob("*.seg")
        for value in read_segment(path).records["correlation_id"]
    }


def _wait_for_rows(folder: Path) -> None:
    wait_until(
        lambda: sum(path.stat().st_size // RECORD_SIZE for path in folder.rglob("*.seg")) >= ENOUGH_ROWS,
        f"{ENOUGH_ROWS} rows",
    )


def _children(pid: int, wanted: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    wait_until(lambda: len(path.read_text().split()) >= wanted, f"{wanted} workers")
    return [int(one) for one in path.read_text().split()]


def _end(pid: int) -> None:
    """Have a worker end that still lives; one whose master was killed goes by itself, or is asked to."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not _alive(pid), f"the end of worker {pid}")


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
