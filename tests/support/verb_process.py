"""Runs `diag` as a person would, in a process of its own, with nothing of this machine's settings."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import RunningSandbox

ROOT = Path(__file__).resolve().parents[2]


def diag(
    box: RunningSandbox | None, folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a verb in `folder`, against the sandbox if one is given; nobody is there to answer questions."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GENESYS", "DIAG_"))}
    target = box.environment if box else {}
    done = subprocess.run(
        [sys.executable, "-m", "diag", *arguments],
        env={**clean, "HOME": str(folder), "PYTHONPATH": str(ROOT), **target, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stderr
    return done
