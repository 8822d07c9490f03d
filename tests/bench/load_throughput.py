"""Calls a core can make: CPU per call of the whole load process, ours beside a bare FastHttpUser."""

import tempfile
from pathlib import Path

from tests.bench.load_processes import bare, cpu_per_call_us, ours, server


def run() -> None:
    """Print CPU per call; calls/s per core is its inverse, and busy neighbours change neither much."""
    print("CPU per call: POST, 96-byte JSON reply, keep-alive, one process; every row of ours on disk")
    ratios = []
    for _ in range(2):
        with server() as (address, _process), tempfile.TemporaryDirectory() as name:
            yardstick = bare(address, "-u", "64", "-r", "64", "--run-time", "6s")
            bare_us = yardstick["cpu_s"] / yardstick["calls"] * 1e6
            figures = {}
            for label, rate in (("at 2500/s", "2500"), ("at saturation", "12000")):
                folder = Path(name) / rate
                ours(address, folder, "--rate", rate, "--max-in-flight", "64", "--run-time", "7s")
                figures[label] = cpu_per_call_us(folder)
        ratios.append(bare_us / figures["at saturation"])
        said = "   ".join(f"{label} {us:5.1f} us" for label, us in figures.items())
        print(
            f"  bare FastHttpUser at saturation {bare_us:5.1f} us = {1e6 / bare_us:5.0f}/s   ours {said} = "
            f"{1e6 / figures['at saturation']:5.0f}/s   ratio {ratios[-1]:.2f}"
        )
    print(f"  ratio at saturation: {min(ratios):.2f} to {max(ratios):.2f} (goal: at least 0.90)")
