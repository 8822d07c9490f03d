"""Rendering: 12 actions with a million calls, 200 actions, 300 flows, each in a process of its own.

Targets: under 6 s and 600 MB beyond reading; under 60 s and 3 MB for 200 actions; under 5 s for 300 flows.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def run() -> None:
    """Print seconds, megabytes of memory and kilobytes of HTML, beside the targets."""
    heads = ("seconds", "of CPU", "target", "MB more", "target", "HTML KB", "target")
    print(f"{'':34}" + "".join(f"{head:>9}" for head in heads))
    for name, targets in (
        ("million", (6, 600, 600)),
        ("many", (60, 600, 3000)),
        ("flows", (5, 600, 3000)),
    ):
        out = subprocess.run(
            [sys.executable, "-m", "tests.bench.reports_render", name],
            check=True,
            capture_output=True,
            text=True,
        )
        found: dict[str, Any] = json.loads(out.stdout)
        seconds, megabytes, kilobytes = targets
        print(
            f"{found['what']:34}{found['seconds']:9.2f}{found['cpu']:9.2f}{seconds:9}"
            f"{found['megabytes']:9.0f}{megabytes:9}{found['kilobytes']:9.0f}{kilobytes:9}"
        )


def million() -> dict[str, Any]:
    """A million calls to 12 actions: all from the table that reading gives to the page."""
    from analysis.samples.sample_set import SampleSet
    from analysis.verdicts.recommend import recommend
    from analysis.views.summarise import summarise
    from reports.pages.report_page import build_report
    from reports.report_data import ReportData

    samples = SampleSet(_table(1_000_000, 12))
    before, started = _memory(forget=True), _clocks()
    analysis = recommend(samples)
    page = build_report(ReportData(analysis, summarise(samples), "bench"))
    return _result("12 actions, 1,000,000 calls", started, before, page)


def flows() -> dict[str, Any]:
    """12 actions and 300 flows of three steps each: the page alone."""
    from reports.pages.report_page import build_report
    from tests.support.reports.flows_shown import with_made_flows
    from tests.support.reports.report_factory import make_report

    data = with_made_flows(make_report(calls=600), more=300)
    before, started = _memory(forget=True), _clocks()
    return _result("12 actions, 300 flows", started, before, build_report(data))


def many() -> dict[str, Any]:
    """200 actions with made-up summaries, production beside each: the page alone."""
    from reports.pages.report_page import build_report
    from tests.support.reports.production_beside import make_production
    from tests.support.reports.report_factory import CASES, make_report

    cases = [(f"{case[0]} {index}", *case[1:]) for index in range(17) for case in CASES][:200]
    data = make_production(make_report(cases, calls=2000))
    before, started = _memory(forget=True), _clocks()
    return _result("200 actions, production beside", started, before, build_report(data))


def _categories(codes: np.ndarray, texts: list[str]) -> "pd.Categorical[str]":
    return pd.Categorical.from_codes(codes, categories=pd.Index(texts))


def _table(rows: int, actions: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    action = np.arange(rows) % actions
    latency = rng.lognormal(np.log(400.0) + action * 0.3, 0.6)
    timeout_s = np.full(rows, 5)
    started = 1.7e9 + np.arange(rows) / (100.0 * actions)
    names = [f"Action {number}" for number in range(actions)]
    return pd.DataFrame(
        {
            "action_id": _categories(action, [f"custom_-_{number}" for number in range(actions)]),
            "action_name": _categories(action, names),
            "run_id": _categories(np.zeros(rows, dtype=np.int8), ["bench"]),
            "started_at": started,
            "scheduled_at": started - rng.exponential(0.0005, rows),
            "latency_ms": np.minimum(latency, timeout_s * 1e3),
            "outcome": _categories((latency > timeout_s * 1e3).astype(np.int8), ["ok", "timeout"]),
            "timeout_s": pd.array(timeout_s, dtype="Int64"),
            "offered_rate": 100.0,
            "attempt": 1,
            "in_flight": pd.array(rng.poisson(40, rows) + 1, dtype="Int64"),
        }
    )


def _clocks() -> tuple[float, float]:
    """Return the wall clock and the CPU time of this process: a busy machine moves only the first."""
    return time.perf_counter(), time.process_time()


def _result(what: str, started: tuple[float, float], before: float, page: str) -> dict[str, Any]:
    wall, cpu = _clocks()
    return {
        "what": what,
        "seconds": wall - started[0],
        "cpu": cpu - started[1],
        "megabytes": _memory() - before,
        "kilobytes": len(page.encode()) / 1e3,
    }


def _memory(*, forget: bool = False) -> float:
    """Return the most memory this process has held, in MB; `forget` starts that record anew (Linux only)."""
    try:
        if forget:
            Path("/proc/self/clear_refs").write_text("5")
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(float(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM"))
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    print(json.dumps({"million": million, "many": many, "flows": flows}[sys.argv[1]]()))
