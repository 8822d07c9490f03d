"""Which actions are settled, as diag.measuring.settled_watch, which watches the answers, says in the run
folder."""

import json

from analysis.format.run_folder import RunFolder


class SettledFile:
    """Read again only when it has changed; it is replaced whole, so never half of one is met."""

    def __init__(self, folder: RunFolder) -> None:
        self._path = folder.settled
        self._seen = 0.0

    def news(self) -> tuple[str, ...] | None:
        """Return the ids of the settled actions, None when there is nothing new."""
        try:
            changed = self._path.stat().st_mtime
            if changed == self._seen:
                return None
            action_ids = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None  # not there (yet)
        self._seen = changed
        return tuple(str(action_id) for action_id in action_ids)
