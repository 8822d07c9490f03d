"""Hosts of direct calls that nobody has confirmed, left to be asked for by a load that did not begin."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import Amount, WrongShapeError, typed
from analysis.plain_text import json_text
from diag.errors import UsageError

_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class HostToConfirm:
    """One host, and what it is asked to bear."""

    name: str
    actions: tuple[str, ...]
    rate: Amount
    """Most calls/s."""
    calls: Amount | None
    """In all; None where nothing bounds them."""
    changes: tuple[str, ...] = ()
    """Actions that may change data there with every call."""
    proxy: str | None = None
    """The proxy that the calls go through; None: there is none."""


@dataclass(frozen=True, slots=True)
class _File:
    hosts: tuple[HostToConfirm, ...]


def rate_to_confirm(rate: float) -> float:
    """Return the rate in whole hundredths, rounded up, so that what is planned stays within it.

    1.1 stays 1.1, although a hundred times that is a little more than 110 in floating point.
    """
    return math.ceil(rate * 100 * (1 - _TINY)) / 100


def write_hosts(path: Path, hosts: Sequence[HostToConfirm]) -> None:
    """Write the file, whole or not at all. Raises OSError."""
    write_whole(path, json_text(asdict(_File(tuple(hosts)))))


def read_hosts(path: Path) -> tuple[HostToConfirm, ...]:
    """Return the hosts; none where there is no file. Raises UsageError for one that diag did not write."""
    if not path.exists():
        return ()
    file = InputFile(path, UsageError, "Run the command again.")
    try:
        return typed(_File, file.json()).hosts
    except WrongShapeError as error:
        raise file.unfit(f"does not hold hosts: {error}") from None
