"""Standard output and error: every character is written, whatever the terminal or the pipe is set to."""

import errno
import io
import os
import sys


def write_every_character() -> None:
    """Have stdout and stderr fail for no character.

    Elsewhere they are as the locale says, and what it lacks is escaped. On Windows a console shows every
    character; a pipe or a file would get the code page of old (cp1252), in which JSON and names break: they
    get UTF-8 and plain line ends, unless PYTHONIOENCODING says otherwise.
    """
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if sys.platform == "win32" and not stream.isatty() and not os.environ.get("PYTHONIOENCODING"):
            stream.reconfigure(encoding="utf-8", newline="\n")
        stream.reconfigure(errors="backslashreplace")


def reader_is_gone(error: OSError) -> bool:
    """Return whether a write failed because nobody reads the pipe any more.

    Windows says "invalid argument" then, of a file without a name (https://bugs.python.org/issue35754).
    """
    if isinstance(error, BrokenPipeError):
        return True
    if sys.platform == "win32" and error.errno == errno.EINVAL and error.filename is None:
        try:
            sys.stdout.flush()  # what could not be written then cannot be now
        except OSError:
            return True
    return False
