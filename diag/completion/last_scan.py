"""The names of an org's actions as `diag scan` saw them last, kept beside the runs for the TAB key."""

import contextlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import WrongShapeError, typed
from analysis.plain_text import json_text

FORMAT_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class ScannedName:
    """An action's id and its name, as the org writes it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class LastScan:
    """The actions of the org that was scanned last."""

    host: str
    actions: tuple[ScannedName, ...]
    format_version: Literal[1] = FORMAT_VERSION
    kind: Literal["last scan"] = "last scan"


def keep_names(runs: Path, host: str, actions: Iterable[ScannedName]) -> None:
    """Keep the names. Where they cannot be written only the TAB key lacks them, so nothing is said."""
    with contextlib.suppress(OSError):
        runs.mkdir(parents=True, exist_ok=True)
        write_whole(_path(runs), json_text(asdict(LastScan(host, tuple(actions)))) + "\n", mode=0o600)


def kept_names(runs: Path) -> tuple[ScannedName, ...]:
    """Return the names; none where there was no scan, or its file is not as it was written."""
    try:
        kept = typed(LastScan, InputFile(_path(runs), _UnreadError).json_object(FORMAT_VERSION))
    except (_UnreadError, WrongShapeError):
        return ()
    return kept.actions


def _path(runs: Path) -> Path:
    return runs / "last-scan.json"


class _UnreadError(Exception):
    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint)
