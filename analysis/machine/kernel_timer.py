"""A timer of the kernel, exact to a tenth of a millisecond: those of event loops count whole ones."""

import ctypes
import math
import os
import sys
from typing import Final

_CLOCK_MONOTONIC: Final = 1
"""The clock of Python's `perf_counter` on Linux."""
_ABSOLUTE: Final = 1


class _Time(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class _Setting(ctypes.Structure):
    """`struct itimerspec`: how often again, and when first; a first time of zero disarms."""

    _fields_ = (("again", _Time), ("first", _Time))


class KernelTimer:
    """timerfd_create(2): its descriptor can be read once it is due. Open until `close`."""

    def __init__(self, libc: ctypes.CDLL, flags: int) -> None:
        self._set = libc.timerfd_settime
        self._set.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        self._setting = _Setting()
        self._address = ctypes.addressof(self._setting)
        self.descriptor: Final[int] = libc.timerfd_create(_CLOCK_MONOTONIC, flags)
        if self.descriptor < 0:
            raise OSError("the kernel makes no timer")

    def due_at(self, moment_s: float) -> None:
        """Be due at that moment of `perf_counter`, and no more at any earlier one."""
        nanoseconds = math.ceil(moment_s * 1e9)
        first = self._setting.first
        first.seconds, first.nanoseconds = divmod(max(nanoseconds, 1), 1_000_000_000)
        self._take_setting()

    def never_due(self) -> None:
        """Be due no more."""
        self._setting.first.seconds = self._setting.first.nanoseconds = 0
        self._take_setting()

    def _take_setting(self) -> None:
        if self._set(self.descriptor, _ABSOLUTE, self._address, None) != 0:
            raise OSError("the kernel does not set its timer")

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self.descriptor)


def kernel_timer() -> KernelTimer | None:
    """Return a timer that is not due; None where the system has none of its kind (all but Linux)."""
    if sys.platform == "linux":
        try:
            return KernelTimer(ctypes.CDLL(None), os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, AttributeError):  # no descriptor is left, or a libc without it
            return None
    else:
        return None
