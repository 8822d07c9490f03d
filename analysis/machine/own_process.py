"""What the system tells this process of itself: memory, waiting for a core, clocks."""

import os
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    import resource

_SCHEDSTAT: Final = Path("/proc/self/schedstat")
_GOES_ON: Final = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC_RAW"}


def waited_for_a_core_s() -> float | None:
    """Return the seconds this process waited for a core while it could have run; None where nobody counts."""
    if sys.platform == "win32":
        return None
    else:
        try:
            return int(_SCHEDSTAT.read_text(encoding="ascii").split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return None


def peak_memory_mb() -> float:
    """Return the largest resident memory so far, MB.

    From /proc where there is one: getrusage's maximum also counts what the starting process had before
    it became this program.
    """
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    else:
        try:
            text = Path("/proc/self/status").read_text(encoding="ascii")
            return int(text.split("VmHWM:")[1].split()[0]) / 1024
        except (OSError, IndexError, ValueError):
            unit = 2**20 if sys.platform == "darwin" else 2**10  # getrusage(2): bytes there, KiB elsewhere
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def clock_that_goes_on() -> Callable[[], float]:
    """Return a clock in seconds since any moment that a sleep of the machine does not stop.

    Python's `perf_counter` is CLOCK_MONOTONIC on Linux and mach_absolute_time on macOS: both stand still
    meanwhile (clock_gettime(2): CLOCK_BOOTTIME does not, nor does CLOCK_MONOTONIC_RAW there). On Windows
    it goes on.
    """
    if sys.platform == "win32":
        return time.perf_counter
    else:
        number: int | None = getattr(time, _GOES_ON.get(sys.platform, ""), None)
        return time.perf_counter if number is None else lambda: time.clock_gettime(number)


def become(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run another command of this Python in this very process, and never return; where the system cannot
    (Windows starts a process beside it), return at once."""
    if sys.platform != "win32" and sys.executable:
        os.execve(sys.executable, list(command), dict(environment))


def wake_on_time() -> None:
    """Have this process woken within a millisecond of when it asked to be; Windows takes up to 16 otherwise.

    https://learn.microsoft.com/windows/win32/api/timeapi/nf-timeapi-timebeginperiod

    gevent waits by libuv there, whose shortest wait is a millisecond too, and warns of every shorter one.
    """
    if sys.platform == "win32":
        import contextlib
        import ctypes

        warnings.filterwarnings("ignore", "libuv only supports millisecond timer resolution", UserWarning)
        with contextlib.suppress(OSError, AttributeError):
            ctypes.WinDLL("winmm").timeBeginPeriod(1)
