"""What the load benches share: the server, the locustfile runs, and reading what was recorded."""

import contextlib
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from analysis.format.call_record import FIELDS

ROOT = Path(__file__).resolve().parents[2]
ROW: Any = np.dtype([*((name, kind) for name, _, kind in FIELDS), ("crc", "<u4")])


@contextlib.contextmanager
def server(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Yield the address of a running bench server and its process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.load_server", "0", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    port = process.stdout.readline().split()[1]
    scheme = "https" if "--certificate" in arguments else "http"
    try:
        yield f"{scheme}://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait()


def environment(address: str, **more: str) -> Mapping[str, str]:
    return {
        **os.environ,
        "GENESYSCLOUD_API_BASE": address,
        "GENESYSCLOUD_OAUTHCLIENT_ID": "sandbox",
        "GENESYSCLOUD_OAUTHCLIENT_SECRET": "sandbox",
        "GENESYSCLOUD_ACCESS_TOKEN": "",
        **more,
    }


def start_locust(locustfile: str, address: str, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start a locustfile in processes of its own; `more` are environment variables."""
    line = [sys.executable, "-m", "locust", "-f", str(ROOT / locustfile), "--headless", "--only-summary"]
    return subprocess.Popen(
        [*line, *arguments],
        cwd=ROOT,
        env=environment(address, **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def start_ours(address: str, folder: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start our locustfile with a folder for its rows."""
    line = ("--run-dir", str(folder), "--drain-s", "3", *arguments)
    return start_locust("loadtests/actions.py", address, *line, **more)


def ours(address: str, folder: Path, *arguments: str, **more: str) -> None:
    """Run our locustfile to its end."""
    _output_of(start_ours(address, folder, *arguments, **more))


def bare(address: str, *arguments: str, **more: str) -> dict[str, float]:
    """Run the yardstick to its end; return what it measured of itself."""
    line = ("--host", address, *arguments)
    output = _output_of(start_locust("tests/bench/_load_bare_user.py", address, *line, **more))
    found = re.search(r"BENCH calls=(\d+) cpu_s=([\d.]+) wall_s=([\d.]+)", output)
    assert found is not None, output
    return dict(zip(("calls", "cpu_s", "wall_s"), map(float, found.groups()), strict=True))


def _output_of(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=300)
    if process.returncode not in (0, 8):
        raise RuntimeError(f"locust ended with {process.returncode}:\n{output[-2000:]}")
    return output


def rows(folder: Path) -> Any:
    return np.concatenate([np.fromfile(path, dtype=ROW) for path in sorted(folder.glob("segments/*.seg"))])


def seconds(folder: Path) -> list[dict[str, Any]]:
    """The once-a-second lines of every process."""
    return [line for path in sorted(folder.glob("segments/*.events")) for line in _seconds_of(path)]


def _seconds_of(path: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [line for line in lines if line["kind"] == "second"]


def cpu_per_call_us(folder: Path) -> float:
    """CPU of all load processes per recorded call, without the first two seconds and the last."""
    cpu_s = calls = 0.0
    for path in sorted(folder.glob("segments/*.events")):
        lines = [line for line in _seconds_of(path) if line["users"]][2:-1]
        counts = [sum(action[0] for action in line["actions"].values()) for line in lines]
        spans = [now["elapsed_s"] - before["elapsed_s"] for before, now in itertools.pairwise(lines)]
        cpu_s += sum(line["cpu_share"] * span for line, span in zip(lines[1:], spans, strict=True))
        calls += counts[-1] - counts[0]
    return cpu_s / calls * 1e6
