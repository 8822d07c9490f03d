"""The draft that experiments change: each write noted before it is sent, and read back."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from analysis.format.drafts_file import DRAFTS_FILE
from diag.errors import DiagError
from diag.genesys.api_errors import ApiError, effect_is_unknown
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action
from diag.genesys.drafts import shown_at_last
from diag.genesys.full_config import FullConfig
from diag.genesys.replies.json_reply import JsonObject
from diag.noted_drafts import NotedDrafts


class DraftLostError(DiagError):
    """The draft is not as diag wrote it: no experiment goes on with it."""


class DraftUnderTest:
    """One draft of one action. `make` it, `write` to it, `close` it."""

    def __init__(self, folder: Path, client: GenesysClient, published: FullConfig) -> None:
        self._client = client
        self._noted = NotedDrafts(folder / DRAFTS_FILE, client, client.connection.api_base)
        self._published = published
        self._present: FullConfig | None = None
        self.was_made = False

    @property
    def is_open(self) -> bool:
        """Return whether there is a draft to experiment with."""
        return self._present is not None

    @property
    def present(self) -> FullConfig:
        """Return the draft as it was read last. Raises DraftLostError without one."""
        if self._present is None:
            raise DraftLostError("There is no draft to experiment with.")
        return self._present

    def make(self) -> None:
        """Open the draft and read it; once more where the reply was lost and no draft came. Raises ApiError.

        One that did come is left to `doctor --remove-drafts`: someone may have opened it at that moment.
        """
        action = self._published.action
        try:
            self._noted.make(action.id, action.name, self._published)
        except ApiError as error:
            if not effect_is_unknown(error) or self._comes():
                raise
            self._noted.make(action.id, action.name, self._published)
        self.was_made = True
        self._see(self._client.read_draft(action.id))

    def write(self, body: JsonObject, *expected: FullConfig, whole: bool = True) -> FullConfig:
        """Send this body, and return the draft as it then is; `expected` are the states it may be in.

        A write whose effect is unknown is looked up, and sent once more where it had none. `whole` False
        reads back the config only: the templates are known to be as they were sent. Raises ApiError, and
        DraftLostError where the draft can no longer be told from someone else's.
        """
        before = self.present
        after = tuple(next_version(state) for state in expected)
        written = self._patch_once(before, body, after)
        if written is None and not self._noted.are_alike(self.present, before):
            return self.present
        if written is None:
            written = self._patch_once(before, body, after)
        if written is None:
            raise DraftLostError("Whether the draft was written is unknown, twice.", hint="Try again later.")
        shown = shown_at_last(
            lambda: self._read(whole=whole), lambda draft: draft.action.version == written.version
        )
        if shown.action.version != written.version:
            self._present = None
            raise DraftLostError(
                f"The draft shows version {shown.action.version}, and version {written.version} was written.",
                hint="Did someone edit it just now, or does a proxy answer from a cache? Try again.",
            )
        return self._see(shown)

    def _comes(self) -> bool:
        """Whether there is a draft by now, or soon: a request whose reply was lost may still arrive."""
        return shown_at_last(self.reread, lambda draft: draft is not None) is not None

    def _patch_once(self, before: FullConfig, body: JsonObject, after: Sequence[FullConfig]) -> Action | None:
        """Write; None where only another reading could tell what came of it: `present` is that."""
        self._noted.may_be(before.action.id, before, *after)
        try:
            return self._client.patch_draft(before, body)
        except ApiError as error:
            if not effect_is_unknown(error):
                self._see(before)
                raise
            self._look_again(before, *after)
            return None

    def close(self) -> tuple[str, ...]:
        """Delete the draft; return one line where it is, or may be, left."""
        self._present = None
        return self._noted.close()

    def reread(self) -> Action | None:
        """Return the draft as the org shows it now, None where there is none. Raises ApiError."""
        return self._client.get_draft(self._published.action.id)

    def refuses(self, body: JsonObject, *, if_taken: FullConfig) -> ApiError | None:
        """Return the error by which the org refuses a body that it should; None where it takes it.

        Raises ApiError for one that says nothing of the body, and DraftLostError.
        """
        before = self.present
        self._noted.may_be(before.action.id, before, next_version(if_taken))
        try:
            self._client.patch_draft(before, body)
        except ApiError as error:
            if effect_is_unknown(error):
                self._look_again(before, next_version(if_taken))
            else:
                self._see(before)
            return error
        self._look_again(before, next_version(if_taken))
        return None

    def _read(self, *, whole: bool) -> FullConfig:
        action_id = self._published.action.id
        if whole:
            return self._client.read_draft(action_id)
        before, shown = self.present, self._client.get_draft(action_id)
        if shown is None:
            raise DraftLostError("The draft is gone.", hint="Did someone delete it just now?")
        return replace(before, action=replace(shown, contract=before.action.contract))

    def _look_again(self, *states: FullConfig) -> None:
        """Read the draft, and keep it where it is one of `states`. Raises ApiError, DraftLostError."""
        self._present = None
        shown = self._client.read_draft(self._published.action.id)
        if not any(self._noted.are_alike(shown, state) for state in states):
            raise DraftLostError(
                "The draft is in none of the states that diag may have left it in.",
                hint="Did someone edit it just now? It is left as it is.",
            )
        self._see(shown)

    def _see(self, shown: FullConfig) -> FullConfig:
        self._present = shown
        self._noted.may_be(shown.action.id, shown)
        return shown


def next_version(full: FullConfig) -> FullConfig:
    """Return the same, one version on: a write makes one."""
    return replace(full, action=replace(full.action, version=(full.action.version or 0) + 1))
