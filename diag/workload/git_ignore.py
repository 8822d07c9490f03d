"""Which lines a .gitignore needs beside a workload file: inputs, runs and secrets stay out of git."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

GIT_WITHIN_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class MissingLines:
    """The lines of .gitignore that are missing in a folder; `in_repository`: git keeps the folder."""

    lines: tuple[str, ...]
    in_repository: bool


def missing_lines(workload: Path, runs: Path) -> MissingLines:
    """Return the lines that keep the workload, its payload files, the runs and `.env` out of git.

    Outside a repository (or without git) every line is missing. git itself decides what is ignored, so that
    its rules for folders above, for the user and for files it already tracks hold.
    """
    folder = workload.resolve().parent
    examples = {workload.name: (workload.name,), "inputs.*": ("inputs.csv", "inputs.jsonl")}
    if runs.resolve().is_relative_to(folder):
        inside = runs.resolve().relative_to(folder).as_posix()
        examples[f"{inside}/"] = (f"{inside}/journal.jsonl",)
    examples[".env"] = (".env",)
    ignored = _ignored(folder, [name for names in examples.values() for name in names])
    if ignored is None:
        return MissingLines(tuple(examples), in_repository=False)
    missing = [line for line, names in examples.items() if not ignored.issuperset(names)]
    return MissingLines(tuple(missing), in_repository=True)


def _ignored(folder: Path, names: list[str]) -> set[str] | None:
    """Return which of the names git ignores in the folder; None outside a repository or without git."""
    try:
        answer = subprocess.run(
            ["git", "check-ignore", "-z", "--stdin"],
            input="\0".join(names),
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=GIT_WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return set(answer.stdout.split("\0")) if answer.returncode in (0, 1) else None  # 1: none is ignored
