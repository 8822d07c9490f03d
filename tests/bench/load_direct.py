"""Direct calls beside the sandbox backend's own record; how exactly a deadline ends a call; memory."""

import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from analysis.format.call_record import OUTCOME_CODES
from analysis.format.sample_schema import Outcome
from diag.sandbox.launch import SandboxProcess, start_sandbox
from tests.bench.load_accuracy import DELAYS, over
from tests.bench.load_processes import ours, rows, seconds, server
from tests.support.sandbox_control import arm, ask

QUANTILES: Final = (0.5, 0.99)
BACKENDS: Final = "sandbox/backend"
SCENARIO: Final = """
description = "For a bench"
[[integration]]
name = "Backend"
type = "custom-rest-actions"
[[action]]
name = "Quick"
integration = "Backend"
category = "Web"
timeout_s = 2
result = { done = true }
latency = { model = "lognormal", median_ms = 40, sigma = 0.5 }
"""


def run() -> None:
    """Print over-report at p50 and p99 per rate, then deadlines and memory while backends misbehave."""
    with tempfile.TemporaryDirectory() as name:
        scenario = Path(name) / "scenario.toml"
        scenario.write_text(SCENARIO)
        with start_sandbox(scenario=str(scenario)) as sandbox:
            print("recorded minus the backend's own record, ms, p50 / p99; goal: within 1 / 2")
            for rate in (50, 200):
                print(f"  {rate:>3} calls/s   {_accuracy(rate)}   {_sandbox(sandbox, Path(name), rate)}")
            _deadlines(sandbox, Path(name) / "hang")
            for fault in ("endless", "gzip_bomb", "drip"):
                print(f"  {fault:<10} {_misbehaving(sandbox, Path(name) / fault, fault)}")


def _called(sandbox: SandboxProcess, folder: Path, *arguments: str) -> Any:
    ours(sandbox.base_url, folder, "--direct", "--action", "Quick", *arguments)
    return rows(folder)


def _accuracy(rate: int) -> str:
    """Return it of a server that knows its time to the microsecond, the test endpoint beside it."""
    said = []
    for way, flags in (("direct", ("--direct",)), ("test endpoint", ())):
        with tempfile.TemporaryDirectory() as name:
            log, folder = Path(name) / "log", Path(name) / "run"
            with server("--delays-ms", DELAYS, "--log", str(log)) as (address, _):
                ours(address, folder, *flags, "--rate", str(rate), "--run-time", "12s")
            said.append(f"{way} {over(rows(folder)['latency_ms'], log)}")
    return "   ".join(said)


def _sandbox(sandbox: SandboxProcess, folder: Path, rate: int) -> str:
    table = _called(sandbox, folder / str(rate), "--rate", str(rate), "--run-time", "12s")
    first = table["started_at"].min() - 0.5
    calls = ask(sandbox.base_url, "truth/calls", limit=50_000)["calls"]
    true = [call["served_ms"] for call in calls if call["started_at"] > first]
    more = np.quantile(table["latency_ms"], QUANTILES) - np.quantile(true, QUANTILES)
    return f"sandbox, less what its server takes around a call: {more[0]:+.2f} / {more[1]:+.2f}"


def _deadlines(sandbox: SandboxProcess, folder: Path) -> None:
    arm(sandbox.base_url, {"kind": "slow", "path": BACKENDS, "for_s": 10})
    table = _called(sandbox, folder, "--rate", "200", "--run-time", "8s")
    arm(sandbox.base_url)
    cut = table[table["outcome"] == OUTCOME_CODES[Outcome.TIMEOUT]]["latency_ms"]
    late = np.quantile(cut, (0.0, 0.5, 0.99)) - 2000
    print(
        f"  deadline of 2 s at 200 calls/s, {len(cut)} calls: late by {late[0]:.2f} ms at least, "
        f"{late[1]:.2f} at p50, {late[2]:.2f} at p99 (goal: 0 to a few)"
    )


def _misbehaving(sandbox: SandboxProcess, folder: Path, fault: str) -> str:
    arm(sandbox.base_url, {"kind": fault, "path": BACKENDS, "for_s": 10})
    table = _called(sandbox, folder, "--rate", "20", "--run-time", "8s")
    arm(sandbox.base_url)
    outcomes = {
        outcome.value: int(np.count_nonzero(table["outcome"] == OUTCOME_CODES[outcome]))
        for outcome in Outcome
    }
    memory = max(line["rss_mb"] for line in seconds(folder))
    seen = ", ".join(f"{name} {count}" for name, count in outcomes.items() if count)
    return f"{seen}; {memory:.0f} MB at most"
