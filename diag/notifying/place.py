"""Where all that a message is about can be read: a file on this machine, and the job of a build server."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

from analysis.plain_text import is_printable


def place_of(path: Path) -> str:
    """Return "Report: FILE on MACHINE", and the job's address where a build server tells it."""
    return f"Report: {path.absolute()} on {socket.gethostname()}{_job(os.environ)}"


def this_place() -> str:
    """Return the same for what left no file: the folder in which it ran."""
    try:
        folder = str(Path.cwd())
    except OSError:
        folder = "a folder that is gone"
    return f"In {folder} on {socket.gethostname()}{_job(os.environ)}"


def _job(variables: Mapping[str, str]) -> str:
    """GitHub Actions, GitLab CI and Jenkins, by the variables that they document. An address that
    could hold a password is left out."""
    found = variables.get("CI_JOB_URL") or variables.get("BUILD_URL") or ""
    server, run = variables.get("GITHUB_SERVER_URL"), variables.get("GITHUB_RUN_ID")
    if server and run:
        found = f"{server}/{variables.get('GITHUB_REPOSITORY', '')}/actions/runs/{run}"
    shown = found.startswith(("https://", "http://")) and is_printable(found) and not {" ", "@"} & {*found}
    return f" ({found})" if shown else ""
