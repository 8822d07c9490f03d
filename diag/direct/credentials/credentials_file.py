"""The person's own file of credentials: TOML, texts by name, and tables of them for single entries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from analysis.format.input_file import InputFile
from analysis.machine.files import others_may_read
from diag.errors import UsageError

_HINT: Final = 'It holds lines such as: api_key = "..." and tables of them: [crm]'
_MOST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class CredentialsFile:
    """What the file holds: `common` for every entry of the workload, `sets` by the name an entry gives."""

    path: Path
    common: Mapping[str, str] = field(repr=False)
    sets: Mapping[str, Mapping[str, str]] = field(repr=False)
    warnings: tuple[str, ...] = ()


def read_credentials_file(path: Path) -> CredentialsFile:
    """Return what a file of credentials holds. Raises UsageError that names the key, never a value."""
    file = InputFile(path, UsageError, _HINT, most_bytes=_MOST_BYTES)
    body = file.toml()
    common: dict[str, str] = {}
    sets: dict[str, dict[str, str]] = {}
    for key, value in body.items():
        if isinstance(value, str):
            common[key] = value
        elif isinstance(value, Mapping) and all(isinstance(each, str) for each in value.values()):
            sets[key] = dict(value)
        else:
            inside = _not_text(value)
            raise file.unfit(f"holds {key}{inside} that is not a text in quotes")
    return CredentialsFile(path, common, sets, _warnings(path))


def _not_text(value: object) -> str:
    if not isinstance(value, Mapping):
        return ""
    return "." + next(str(name) for name, each in value.items() if not isinstance(each, str))


def _warnings(path: Path) -> tuple[str, ...]:
    if others_may_read(path):
        return (f"{path} holds credentials and other users may read it. Fix: chmod 600 {path}",)
    return ()
