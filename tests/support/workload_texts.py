"""Workload files given as a text."""

import tomllib
from pathlib import Path

from diag.workload.read_workload import parse_workload
from diag.workload.workload import Workload


def parse(text: str, folder: Path = Path()) -> Workload:
    """Return what a workload file with this text says, its paths taken from `folder`."""
    return parse_workload(tomllib.loads(text), "w.toml", folder)
