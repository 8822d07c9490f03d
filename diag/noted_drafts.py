"""Drafts that diag makes in an org: each is noted before it is made, so that a crash leaves none unknown."""

import secrets
from dataclasses import replace
from pathlib import Path

from analysis.format.drafts_file import DraftNote, write_drafts
from diag.genesys.api_errors import ApiError
from diag.genesys.client import GenesysClient
from diag.genesys.drafts import DraftMarks, draft_fingerprint
from diag.genesys.full_config import FullConfig


class NotedDrafts:
    """The drafts of one run, and the file that says so (`analysis/format/drafts_file.py`)."""

    def __init__(self, path: Path, client: GenesysClient, api_base: str) -> None:
        self._path = path
        self._client = client
        self._api_base = api_base
        self._drafts: dict[str, DraftNote] = {}
        """Action id -> its draft."""

    def make(self, action_id: str, action_name: str, published: FullConfig | None = None) -> None:
        """Make a draft of the published action. Raises ApiError; one that may exist is then still noted.

        With the action as `published`, a copy of it that nobody edited is known again from the beginning.
        """
        salt = secrets.token_hex(16)
        copied = () if published is None else (draft_fingerprint(published, salt, as_copied=True),)
        opening = DraftNote(action_id, action_name, "opening", salt, copied)
        self._note(opening)
        try:
            self._client.create_draft(action_id)
        except ApiError as error:
            if error.status is not None and 400 <= error.status < 500 and self._has_none(action_id):
                del self._drafts[action_id]
                self._save()
            raise
        self._note(replace(opening, state="open"))

    def may_be(self, action_id: str, *states: FullConfig) -> None:
        """Note, before a write, each state the draft may be found in from now on: before, and after it."""
        draft = self._drafts[action_id]
        self._note(replace(draft, fingerprints=tuple(self._fingerprint(draft, state) for state in states)))

    def are_alike(self, shown: FullConfig, state: FullConfig) -> bool:
        """Return whether a draft as it is shown is, field by field, in this state."""
        draft = self._drafts[state.action.id]
        return self._fingerprint(draft, shown) == self._fingerprint(draft, state)

    def close(self) -> tuple[str, ...]:
        """Delete the drafts made here; return one line for each that is or may be left.

        One that is not as it was noted is left: someone may have deleted ours and opened their own.
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
        return tuple(left)

    def _has_none(self, action_id: str) -> bool:
        """Whether there is no draft for certain: a refusal may be that of a second copy of our request."""
        try:
            return self._client.get_draft(action_id) is None
        except ApiError:
            return False

    @staticmethod
    def _fingerprint(draft: DraftNote, full: FullConfig) -> str:
        return draft_fingerprint(full, draft.salt)

    def _note(self, draft: DraftNote) -> None:
        self._drafts[draft.action_id] = draft
        self._save()

    def _save(self) -> None:
        write_drafts(self._path, self._api_base, list(self._drafts.values()))
