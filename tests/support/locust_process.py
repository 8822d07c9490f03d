"""Locust with the locustfile in a process of its own, forked from one that has imported both, or started."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.support.forked_children import be_locust
from tests.support.forks import FORKS, LOCUSTS, ROOT, Forked, nothing

LOCUSTFILE: Final = ROOT / "loadtests" / "actions.py"
HEADLESS: Final = ("--headless", "--only-summary")
LIMIT_S: Final = 170.0


def locust_line(*arguments: str, report: bool = False) -> list[str]:
    """Return the command of a run. Its report takes three seconds of a core: only for a test of it."""
    ours = [] if report else ["--parent-pid", str(os.getpid())]  # whoever started the load writes the report
    return [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), *HEADLESS, *ours, *arguments]


def fork_locust(
    *arguments: str,
    folder: Path,
    environment: Mapping[str, str],
    files: str = str(LOCUSTFILE),
    mode: tuple[str, ...] = HEADLESS,
    log: Path | None = None,
    report: bool = False,
) -> Forked:
    """Begin a run without a start of Python; `communicate` tells stdout and stderr.

    With `log`, what it says goes into that file. `report`: as for `locust_line`.
    """
    line = ("-f", files, *mode, *arguments)
    outputs: tuple[int, ...] = ()
    if log is None:
        (out, stdout), (err, stderr) = os.pipe(), os.pipe()
        outputs = (out, err)
    else:
        stdout = stderr = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    streams = (nothing(), stdout, stderr)
    return LOCUSTS.start(
        be_locust,
        line,
        FORKS.address,
        report,
        folder=folder,
        environment=environment,
        streams=streams,
        outputs=outputs,
    )


def run_locust(
    *arguments: str, folder: Path, environment: Mapping[str, str], files: str = str(LOCUSTFILE)
) -> subprocess.CompletedProcess[str]:
    """The same, to its end."""
    process = fork_locust(*arguments, folder=folder, environment=environment, files=files)
    try:
        out, err = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
    return subprocess.CompletedProcess(["locust", *arguments], process.wait(), out, err)
