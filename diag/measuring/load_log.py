"""The log of a load process: a file of its own for each, and what it said last to people."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.format.input_file import open_regular
from analysis.format.run_folder import RunFolder

LOG_NAME: Final = "load.log"
_LOG_TAIL_BYTES: Final = 256 << 10


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the load process did not begin, in its own words."""

    message: str
    details: tuple[str, ...] = ()
    hint: str | None = None


def new_log(folder: RunFolder) -> Path:
    """Return a log file that is not there yet: a soak that goes on keeps the log of its first part."""
    log, number = folder.path / LOG_NAME, 1
    while os.path.lexists(log):
        number += 1
        log = folder.path / f"load-{number}.log"
    return log


def refusal_in(log: Path) -> Refusal | None:
    """Return the last error the load process wrote for people."""
    lines = _last_lines(log)
    starts = [at for at, line in enumerate(lines) if line.startswith("Error: ")]
    if not starts:
        return None
    more = []
    for line in lines[starts[-1] + 1 :]:
        if not line.startswith("│ "):
            break
        more.append(line.removeprefix("│ "))
    hints = [line.removeprefix("Fix: ") for line in more if line.startswith("Fix: ")]
    details = tuple(line for line in more if not line.startswith("Fix: "))
    return Refusal(lines[starts[-1]].removeprefix("Error: "), details, hints[0] if hints else None)


def last_line(log: Path) -> str | None:
    """Return the last line of a log, None where there is none."""
    lines = _last_lines(log)
    return lines[-1] if lines else None


def _last_lines(log: Path) -> list[str]:
    """Return the end of a log: however much a long run wrote, only that is read."""
    try:
        with open_regular(log) as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _LOG_TAIL_BYTES))
            return file.read(_LOG_TAIL_BYTES).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
