"""What a second worker process brings, as CPU per call: the server and both workers share this machine."""

import tempfile
from pathlib import Path

from tests.bench.load_processes import cpu_per_call_us, ours, server


def run() -> None:
    """Print the capacity of two processes against one, from CPU per call at the same rate per process."""
    with server() as (address, _), tempfile.TemporaryDirectory() as name:
        one, two = Path(name) / "one", Path(name) / "two"
        ours(address, one, "--rate", "1000", "--run-time", "8s")
        ours(address, two, "--rate", "2000", "--run-time", "8s", "--processes", "2")
        alone, together = cpu_per_call_us(one), cpu_per_call_us(two)
    print(
        f"  one process {alone:.1f} us a call, two {together:.1f}: two carry {2 * alone / together:.2f} "
        "times one (goal: at least 1.8; measured by CPU, because server and workers share the cores here)"
    )
