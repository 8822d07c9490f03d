"""Locks of Windows: one byte of an open file, wherever it lies (`LockFileEx`). Empty elsewhere.

Not `msvcrt.locking`: it reaches no byte behind 2 GiB, and locks where the file's position happens to be.
"""

import sys

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from typing import Final

    _AT_ONCE: Final = 0x1
    _EXCLUSIVE: Final = 0x2
    _HELD_BY_ANOTHER: Final = 33
    _NOT_HELD: Final = 158
    _LOW: Final = 0xFFFF_FFFF

    class _Overlapped(ctypes.Structure):
        """OVERLAPPED, which says where."""

        _fields_ = (
            ("internal", ctypes.c_void_p),  # ULONG_PTR
            ("internal_high", ctypes.c_void_p),
            ("offset", ctypes.c_uint32),
            ("offset_high", ctypes.c_uint32),
            ("event", ctypes.c_void_p),
        )

    _KERNEL: Final = ctypes.WinDLL("kernel32", use_last_error=True)
    _PLACE: Final = ctypes.POINTER(_Overlapped)
    _KERNEL.LockFileEx.argtypes = [ctypes.c_void_p, *([ctypes.c_uint32] * 4), _PLACE]
    _KERNEL.LockFileEx.restype = ctypes.c_int32
    _KERNEL.UnlockFileEx.argtypes = [ctypes.c_void_p, *([ctypes.c_uint32] * 3), _PLACE]
    _KERNEL.UnlockFileEx.restype = ctypes.c_int32

    def lock_byte(descriptor: int, offset: int) -> bool:
        """Lock a byte of an open file; return False, at once, where another holds it. Raises OSError."""
        place, handle = _at(offset), msvcrt.get_osfhandle(descriptor)
        if _KERNEL.LockFileEx(handle, _EXCLUSIVE | _AT_ONCE, 0, 1, 0, ctypes.byref(place)):
            return True
        error = ctypes.get_last_error()
        if error == _HELD_BY_ANOTHER:
            return False
        raise ctypes.WinError(error)

    def unlock_byte(descriptor: int, offset: int) -> None:
        """Let a byte go. Raises OSError."""
        place, handle = _at(offset), msvcrt.get_osfhandle(descriptor)
        if not _KERNEL.UnlockFileEx(handle, 0, 1, 0, ctypes.byref(place)):
            error = ctypes.get_last_error()
            if error != _NOT_HELD:
                raise ctypes.WinError(error)

    def _at(offset: int) -> _Overlapped:
        return _Overlapped(offset=offset & _LOW, offset_high=offset >> 32)
