"""Drafts a probe makes: copies with the longest timeout, deleted when the run ends."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analysis.format.drafts_file import DRAFTS_FILE
from analysis.format.run_folder import RunFolder
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S
from diag.genesys.api_errors import UnexpectedReplyError
from diag.genesys.client import GenesysClient
from diag.genesys.drafts import shown_at_last, with_timeout
from diag.genesys.full_config import FullConfig
from diag.noted_drafts import NotedDrafts
from loadtests.planning.plan import ActionLoad

_LOG: Final = logging.getLogger("diag.load")


class ProbeDrafts:
    """Opens a draft with the longest timeout for each action, and deletes them again."""

    def __init__(self, folder: RunFolder, client: GenesysClient, api_base: str) -> None:
        self._client = client
        self._noted = NotedDrafts(folder.path / DRAFTS_FILE, client, api_base)

    def open(self, actions: Sequence[ActionLoad]) -> None:
        """Make the drafts, everything but the timeout as published.

        Raises ApiError; those made so far are then still known to `close`.
        """
        for action in actions:
            self._noted.make(action.action_id, action.action_name)
            self._lengthen(action)

    def _lengthen(self, action: ActionLoad) -> None:
        """Give the draft the longest timeout, and keep by what it is known before, meanwhile and after."""
        made = self._client.read_draft(action.action_id)
        if made.action.timeout_s == PLATFORM_MAX_TIMEOUT_S and made.action.timeout_is_set:
            self._noted.may_be(
                made.action.id, made
            )  # whether a save without a change makes a version: unknown
            return
        expected = with_timeout(made, PLATFORM_MAX_TIMEOUT_S)
        self._noted.may_be(made.action.id, made, expected)
        written = self._client.patch_draft_timeout(made, PLATFORM_MAX_TIMEOUT_S)
        ours = replace(expected, action=replace(expected.action, version=written.version))

        def is_ours(shown: FullConfig) -> bool:
            return self._noted.are_alike(shown, ours)

        shown = shown_at_last(lambda: self._client.read_draft(action.action_id), is_ours)
        if not is_ours(shown):
            raise UnexpectedReplyError(
                f"The draft of {action.action_name} is not as diag wrote it: it shows "
                f"{shown.action.timeout_s} s at version {shown.action.version}.",
                hint="Did someone edit it just now, or does a proxy answer from a cache? Try again.",
            )
        self._noted.may_be(made.action.id, ours)

    def close(self) -> tuple[str, ...]:
        """Delete the drafts made here; return one line for each that is or may be left."""
        left = self._noted.close()
        for line in left:
            _LOG.error("%s. Fix: diag doctor", line)
        return left
