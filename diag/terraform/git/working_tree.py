"""A git working tree, asked by the person's own git."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.plain_text import printable
from diag.errors import UsageError

_WITHIN_S: Final = 120.0
"""Hooks of a commit may lint a whole repository."""


_OF_ANOTHER_TREE: Final = frozenset(
    (
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE"),
        *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"),
        *(f"GIT_{how}_PATHSPECS" for how in ("LITERAL", "GLOB", "NOGLOB", "ICASE")),
    )
)
"""What git sets for its hooks, and what says how paths are read: it would commit somewhere else."""


class GitFailed(Exception):
    """Raised where git says no; the text is what it said."""


def top_of(folder: Path) -> Path | None:
    """Return the top of the working tree a folder lies in, None where it lies in none. git is not asked."""
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)


@dataclass(frozen=True, slots=True)
class WorkingTree:
    """`top`: its topmost folder."""

    top: Path

    def asked(self, *words: str, stdin: str = "") -> str:
        """Return what git answers. Raises GitFailed; UsageError where there is no git."""
        try:
            answer = subprocess.run(
                ["git", *words],
                input=stdin,
                cwd=self.top,
                env={name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_TREE},
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_WITHIN_S,
                check=False,
            )
        except OSError as error:
            raise UsageError(
                f"git cannot be run ({error.strerror}).", hint="Install it, or take a patch: --patch FILE"
            ) from error
        except subprocess.TimeoutExpired:
            raise GitFailed(f"git {words[0]} takes longer than {_WITHIN_S:.0f} s") from None
        if answer.returncode:
            said = [line.strip() for line in (answer.stderr or answer.stdout).split("\n") if line.strip()]
            silent = f"git {words[0]} ended with exit code {answer.returncode} and said nothing"
            raise GitFailed("; ".join(printable(line) for line in said[:5]) or silent)
        return answer.stdout

    def not_clean(self, files: Sequence[Path]) -> tuple[str, ...]:
        """Return those of these files that git does not hold as they are: changed, staged or unknown."""
        names = [file.relative_to(self.top).as_posix() for file in files]
        named = [f":(top,literal){name}" for name in names]
        status = self.asked("status", "--porcelain", "-z", "--", *named)
        tracked = set(self.asked("ls-files", "-z", "--full-name", "--", *named).split("\0"))
        changed = {entry[3:] for entry in status.split("\0") if entry}
        return tuple(name for name in names if name in changed or name not in tracked)
