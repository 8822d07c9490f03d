"""Which actions are settled: what diag.measuring.settled_watch, which watches the answers, writes into the
run folder."""

import json
from collections.abc import Collection, Sequence
from typing import Final

from analysis.format.run_folder import RunFolder
from loadtests.steering.decisions import FinishAction
from loadtests.steering.second import Second

SETTLED: Final = "settled"
"""Why an action is done whose answer can no longer change."""


class SettledFile:
    """Read again only when it has changed; it is replaced whole, so never half of one is met."""

    def __init__(self, folder: RunFolder) -> None:
        self._path = folder.settled
        self._seen = 0.0

    def news(self) -> tuple[str, ...] | None:
        """Return the ids of the settled actions, None when nothing is new."""
        try:
            changed = self._path.stat().st_mtime
            if changed == self._seen:
                return None
            action_ids = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None  # not there (yet)
        self._seen = changed
        return tuple(str(action_id) for action_id in action_ids)


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
