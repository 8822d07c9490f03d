"""Runs `diag` as a person would, in a process of its own, with nothing of this machine's settings."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import RunningSandbox


def diag(
    box: RunningSandbox, folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a verb in `folder` against the sandbox; nobody is there to answer questions."""
    ours = ("GENESYSCLOUD_", "DIAG_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "-m", "diag", *arguments],
        env={**clean, **box.environment, "HOME": str(folder), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
        stdin=subprocess.DEVNULL,
    )
