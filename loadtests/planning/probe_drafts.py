"""Drafts a probe makes: written down before they are made, so that a crash leaves none unknown."""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from analysis.format.drafts_file import DRAFTS_FILE, DraftNote, write_drafts
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import PLATFORM_MAX_TIMEOUT_S
from diag.genesys.api_errors import ApiError, UnexpectedReplyError
from diag.genesys.client import GenesysClient
from diag.genesys.drafts import DraftMarks, draft_fingerprint, shown_at_last, with_timeout
from diag.genesys.models import FullConfig
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
            opening = DraftNote(action.action_id, action.action_name, "opening", secrets.token_hex(16))
            self._note(opening)
            try:
                self._client.create_draft(action.action_id)
            except ApiError as error:
                if (
                    error.status is not None
                    and 400 <= error.status < 500
                    and self._has_none(action.action_id)
                ):
                    del self._drafts[action.action_id]
                    self._save()
                raise
            self._note(replace(opening, state="open"))
            self._lengthen(self._drafts[action.action_id])

    def _has_none(self, action_id: str) -> bool:
        """Whether there is no draft for certain: a refusal may be that of a second copy of our request."""
        try:
            return self._client.get_draft(action_id) is None
        except ApiError:
            return False

    def _lengthen(self, draft: DraftNote) -> None:
        """Give the draft the longest timeout, and keep by what it is known before, meanwhile and after."""
        made = self._client.read_draft(draft.action_id)
        if made.action.timeout_s == PLATFORM_MAX_TIMEOUT_S and made.action.timeout_is_set:
            self._note_contents(draft, made)  # whether a save without a change makes a version is unknown
            return
        expected = with_timeout(made, PLATFORM_MAX_TIMEOUT_S)
        self._note_contents(draft, made, expected)
        written = self._client.patch_draft_timeout(made, PLATFORM_MAX_TIMEOUT_S)
        ours = replace(expected, action=replace(expected.action, version=written.version))
        fingerprint = draft_fingerprint(ours, draft.salt)

        def is_ours(shown: FullConfig) -> bool:
            return draft_fingerprint(shown, draft.salt) == fingerprint

        shown = shown_at_last(lambda: self._client.read_draft(draft.action_id), is_ours)
        if not is_ours(shown):
            raise UnexpectedReplyError(
                f"The draft of {draft.action_name} is not as diag wrote it: it shows "
                f"{shown.action.timeout_s} s at version {shown.action.version}.",
                hint="Did someone edit it just now, or does a proxy answer from a cache? Try again.",
            )
        self._note_contents(draft, ours)

    def close(self) -> tuple[str, ...]:
        """Delete the drafts made here; return one line for each that is or may be left.

        One that is not as it was made is left: someone may have deleted ours and opened their own.
        """
        left: list[str] = []
        for action_id, draft in list(self._drafts.items()):
            if draft.state == "deleted":
                continue
            if draft.state == "opening":
                left.append(f"{draft.action_name}: it is unknown whether its draft was made")
                continue
            try:
                marks = DraftMarks(draft.salt, draft.fingerprints)
                gone = self._client.delete_own_draft(action_id, marks)
            except ApiError as error:
                left.append(f"{draft.action_name}: its draft could not be deleted ({error.message})")
                continue
            if gone:
                self._note(replace(draft, state="deleted"))
            else:
                left.append(
                    f"{draft.action_name}: its draft is not as diag made it, so it was left: someone "
                    "may have opened or edited it"
                )
        for line in left:
            _LOG.error("%s. Fix: diag doctor", line)
        return tuple(left)

    def _note_contents(self, draft: DraftNote, *states: FullConfig) -> None:
        fingerprints = tuple(draft_fingerprint(full, draft.salt) for full in states)
        self._note(replace(draft, fingerprints=fingerprints))

    def _note(self, draft: DraftNote) -> None:
        self._drafts[draft.action_id] = draft
        self._save()

    def _save(self) -> None:
        write_drafts(self._path, self._api_base, list(self._drafts.values()))
