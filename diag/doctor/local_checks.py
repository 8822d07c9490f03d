"""Checks that need no org: versions, settings, the runs folder."""

import os
import platform
import shutil
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from diag import __version__
from diag.doctor.check import Check

PACKAGES: Final = ("locust", "httpx", "numpy", "pandas", "pyarrow", "matplotlib", "click", "rich")
LOW_DISK_BYTES: Final = 500_000_000


def check_machine(runs: Path) -> Iterator[Check]:
    """Yield the versions, and whether `runs` can be written."""
    yield Check("versions", "ok", f"diag {__version__}, Python {platform.python_version()}, {_packages()}")
    yield _runs_folder(runs)


def check_settings(origins: Mapping[str, str], host: str, warnings: tuple[str, ...]) -> Iterator[Check]:
    """Yield where the settings in force come from, and each warning about them."""
    shown = [f"{name} from {origin}" for name, origin in sorted(origins.items())]
    yield Check("settings", "ok", "; ".join([host, *shown]))
    for warning in warnings:
        text, _, fix = warning.partition(" Fix: ")
        yield Check("settings", "warning", text, fix or None)


def _packages() -> str:
    versions = []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            versions.append(f"{name} missing")
    return ", ".join(versions)


def _runs_folder(runs: Path) -> Check:
    place = runs
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        fix = "Choose another place: DIAG_RUNS=/path"
        return Check("runs folder", "failed", f"{runs} cannot be written", fix)
    free = shutil.disk_usage(place).free
    if free < LOW_DISK_BYTES:
        fix = "Free some space, or choose another place: DIAG_RUNS=/path"
        return Check("runs folder", "warning", f"{runs}: only {free / 1e6:.0f} MB free", fix)
    return Check("runs folder", "ok", f"{runs}, {free / 1e9:.0f} GB free")
