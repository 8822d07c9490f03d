"""Writing a file whole or not at all: on a full disk, or killed, the old one stays and no half is left."""

import contextlib
import os
from pathlib import Path


def write_whole(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Write `text` as UTF-8; `mode` as for open(2), the umask applies. Raises OSError that names `path`.

    What is no plain file (/dev/stdout, a pipe) is written to, never replaced; a link stays one.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        real = path.resolve()
        temporary = real.with_name(f".{real.name}.{os.getpid()}.tmp")
        try:
            temporary.unlink(missing_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            temporary.replace(real)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
