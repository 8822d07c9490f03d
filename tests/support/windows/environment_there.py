"""The environment of a process that pretends to be on Windows (see this folder)."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.support.source_files import ROOT

LIMIT_S: Final = 150.0


def environment_there(folder: Path, **more: str) -> Mapping[str, str]:
    """Return an environment with nothing of this machine's settings, whose home is `folder`."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GENESYS", "DIAG_"))}
    places = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
    return {
        **clean,
        "HOME": str(folder),
        "PYTHONPATH": places,
        "PYTHONWARNDEFAULTENCODING": "1",
        "SystemRoot": "C:\\Windows",
        **more,
    }


def run_there(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run Python with these arguments in `folder`."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment_there(folder) if environment is None else environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=LIMIT_S,
    )
