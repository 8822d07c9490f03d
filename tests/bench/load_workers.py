"""What a second worker process brings, as CPU per call: the server and both workers share this machine."""

import tempfile
from pathlib import Path

from tests.bench.load_processes import cpu_per_call_us, ours, server

ROUNDS = 5
"""One and two in turn: the speed of a shared machine's core drifts by more than what is measured."""


def run() -> None:
    """Print the capacity of two processes against one, from CPU per call at the same rate per process."""
    alone, together = 0.0, 0.0
    with server() as (address, _), tempfile.TemporaryDirectory() as name:
        for turn in range(ROUNDS):
            one, two = Path(name) / f"one-{turn}", Path(name) / f"two-{turn}"
            ours(address, one, "--rate", "1000", "--run-time", "6s")
            ours(address, two, "--rate", "2000", "--run-time", "6s", "--processes", "2")
            alone += cpu_per_call_us(one)
            together += cpu_per_call_us(two)
            print(f"  one process {cpu_per_call_us(one):.1f} us a call, two {cpu_per_call_us(two):.1f}")
    print(
        f"  two carry {2 * alone / together:.2f} times one (all {ROUNDS} rounds; goal: at least 1.8; "
        "measured by CPU, because server and workers share the cores here)"
    )
