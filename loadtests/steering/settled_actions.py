"""Which actions are settled: `diag.measuring.settled_watch`, which watches the results, writes it down."""

from collections.abc import Collection, Sequence
from typing import Final

from analysis.format.run_folder import RunFolder
from analysis.format.settled_file import read_settled
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
        """Return the ids of the settled actions, None when nothing is new."""
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

    def __init__(self, folder: RunFolder, action_ids: Sequence[str]) -> None:
        self._file = SettledFile(folder)
        self._action_ids = action_ids

    def second(self, second: Second) -> list[FinishAction]:
        """Return the actions that were reported as settled since the last second."""
        return self.settled(self._file.news() or ())

    def settled(self, action_ids: Collection[str]) -> list[FinishAction]:
        """Return what to do about these actions."""
        indexes = (index for index, known in enumerate(self._action_ids) if known in action_ids)
        return [FinishAction(index, SETTLED) for index in indexes]
