"""Which actions are settled: `diag.measuring.settled_watch`, which watches the results, writes it down."""

import os
import subprocess
from collections.abc import Collection, Sequence
from typing import Final

from analysis.format.run_folder import RunFolder
from analysis.format.settled_file import read_settled
from analysis.machine.own_python import python_module
from loadtests.steering.decisions import FinishAction
from loadtests.steering.load_second import Second

SETTLED: Final = "settled"
"""Why an action is done whose answer can no longer change."""


class SettledFile:
    """Read again only when it has changed."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._seen = 0.0

    def news(self) -> tuple[str, ...] | None:
        """Return the keys (`entry_key`) of what is settled, None when nothing is new."""
        try:
            changed = self._folder.settled.stat().st_mtime
        except OSError:
            return None  # not there (yet)
        if changed == self._seen:
            return None
        self._seen = changed
        return read_settled(self._folder)


class SettledActions:
    """Policy: an action whose answer can no longer change is not called any more."""

    def __init__(self, folder: RunFolder, keys: Sequence[str]) -> None:
        self._file = SettledFile(folder)
        self._keys = keys

    def second(self, second: Second) -> list[FinishAction]:
        """Return the actions that were reported as settled since the last second."""
        return self.settled(self._file.news() or ())

    def settled(self, keys: Collection[str]) -> list[FinishAction]:
        """Return what to do about these actions."""
        indexes = (index for index, known in enumerate(self._keys) if known in keys)
        return [FinishAction(index, SETTLED) for index in indexes]


def start_watcher(folder: RunFolder, rules: str | None) -> subprocess.Popen[bytes]:
    """Start the process that decides which actions are settled (pandas stays out of this one); `rules` is the
    JSON object that it takes."""
    stated = () if rules is None else (rules,)
    return subprocess.Popen(
        [*python_module("diag.measuring.settled_watch"), str(folder.path), str(os.getpid()), *stated],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
