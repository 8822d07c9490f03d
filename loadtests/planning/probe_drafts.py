"""Drafts a probe makes: written down before they are made, so that a crash leaves none unknown."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from analysis.format.drafts_file import DRAFTS_FILE, DraftNote, write_drafts
from analysis.format.run_folder import RunFolder
from analysis.format.schema import PLATFORM_MAX_TIMEOUT_S
from diag.genesys.client import GenesysClient
from diag.genesys.errors import ApiError
from loadtests.planning.plan import ActionLoad

_LOG: Final = logging.getLogger("diag.load")


class ProbeDrafts:
    """Opens a draft with the longest timeout for each action, and deletes them again."""

    def __init__(self, folder: RunFolder, client: GenesysClient, api_base: str) -> None:
        self._path: Path = folder.path / DRAFTS_FILE
        self._client = client
        self._api_base = api_base
        self._drafts: dict[str, DraftNote] = {}
        """Action id -> its draft."""

    def open(self, actions: Sequence[ActionLoad]) -> None:
        """Make the drafts, everything but the timeout as published.

        Raises ApiError; those made so far are then still known to `close`.
        """
        for action in actions:
            self._note(action, "opening")
            try:
                self._client.create_draft(action.action_id)
            except ApiError as error:
                if error.status is not None and 400 <= error.status < 500:
                    # Refused: if there is a draft now, someone else opened it after the check.
                    del self._drafts[action.action_id]
                    self._save()
                raise
            self._note(action, "open")
            draft = self._client.read_config(action.action_id, draft=True)
            self._client.patch_draft_timeout(draft, PLATFORM_MAX_TIMEOUT_S)

    def close(self) -> tuple[str, ...]:
        """Delete the drafts known to be made here; return one line for each that is or may be left."""
        left: list[str] = []
        for action_id, draft in list(self._drafts.items()):
            if draft.state == "deleted":
                continue
            if draft.state == "opening":
                left.append(f"{draft.action_name}: it is unknown whether its draft was made")
                continue
            try:
                self._client.delete_draft(action_id)
            except ApiError as error:
                left.append(f"{draft.action_name}: its draft could not be deleted ({error.message})")
            else:
                self._drafts[action_id] = replace(draft, state="deleted")
                self._save()
        for line in left:
            _LOG.error("%s. Fix: diag doctor", line)
        return tuple(left)

    def _note(self, action: ActionLoad, state: str) -> None:
        self._drafts[action.action_id] = DraftNote(action.action_id, action.action_name, state)
        self._save()

    def _save(self) -> None:
        write_drafts(self._path, self._api_base, list(self._drafts.values()))
