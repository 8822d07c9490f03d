"""The action as it was, kept on disk from just before a write until its result is journalled.

Without it a process killed between a write and its check could not put back what the platform
dropped. The files hold the action's own texts (URL, headers, templates): mode 0600, in a folder only
the owner may enter, and deleted as soon as the change has succeeded.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from analysis.format.input_file import InputFile, open_own
from analysis.format.json_to_dataclass import WrongShapeError, typed
from diag.changes.change_errors import JournalError
from diag.genesys.full_config import FullConfig


class Backups:
    """The folder of backups beside a journal."""

    def __init__(self, journal: Path) -> None:
        self.folder = journal.with_name(journal.stem + ".unfinished")

    def path(self, entry: str) -> Path:
        """Return where the backup of a journal entry lies."""
        return self.folder / f"{entry}.json"

    def keep(self, entry: str, full: FullConfig) -> None:
        """Write the action as it is now and wait until it is on the disk, and prove that it reads back.

        Texts are kept as JSON with every character escaped; that they are the bytes the platform sent was
        proven when they were read (`diag.genesys.replies.text_reply`). Raises JournalError.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = open_own(self.path(entry), os.O_WRONLY | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="utf-8", newline="") as file:
                json.dump(asdict(full), file)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise JournalError(
                f"The backup {self.path(entry)} cannot be written ({error.strerror}).",
                hint="Nothing is changed in an org without one. Free the disk or choose another place: "
                "DIAG_RUNS=/path",
            ) from error
        if self.load(entry) != full:
            raise JournalError(
                f"The backup {self.path(entry)} does not read back as it was written. Nothing was changed.",
                hint="Is the disk sound? If so, the action holds a value that no file can keep: compare it "
                "with the admin UI, and change it there.",
            )

    def load(self, entry: str) -> FullConfig | None:
        """Return the action as it was, or None when there is no whole backup (nothing was written then)."""
        try:
            return typed(FullConfig, InputFile(self.path(entry), JournalError).json(), closed=True)
        except (JournalError, WrongShapeError):
            return None

    def drop(self, entries: Iterable[str]) -> None:
        """Remove backups that are not needed any more."""
        for entry in entries:
            self.path(entry).unlink(missing_ok=True)

    def left(self) -> list[str]:
        """Return the entries that still have a backup: killed applies, and restores that failed."""
        return sorted(path.stem for path in self.folder.glob("*.json"))
