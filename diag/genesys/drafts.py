"""Calls about drafts: a copy of a published action that can be tested with another timeout."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, TypeVar

from diag.genesys.actions import (
    ACTIONS,
    EDIT,
    VIEW,
    action_path,
    page_size_of,
    patch_action,
    read_action,
    read_full,
)
from diag.genesys.api_errors import NotFoundError, UnexpectedReplyError
from diag.genesys.data_action import Action
from diag.genesys.full_config import FullConfig
from diag.genesys.http.api import Api
from diag.genesys.http.paging import OnProgress, all_entities
from diag.genesys.replies.json_reply import JsonObject, text

LAG_S: Final = (0.25, 0.5, 1.0)
"""Pauses between readings after a write."""
T = TypeVar("T")
_ROUNDS: Final = 20_000
"""Some 10 ms a fingerprint: a draft holds headers, and each guess at one has to cost time."""


@dataclass(frozen=True, slots=True)
class DraftMarks:
    """By which a draft is known again: a fingerprint of each state it was left in, made with one salt."""

    salt: str
    fingerprints: tuple[str, ...]


def draft_fingerprint(full: FullConfig, salt: str, *, as_copied: bool = False) -> str:
    """Return the salted digest of a whole draft: name, version, timeout, config, templates, contract.

    `as_copied`: of what a draft has in common with the action it is a copy of. Its version and the addresses
    of its schemas are its own, and known to nobody before it is made. Raises `UnexpectedReplyError` for a
    draft that is not whole.
    """
    action = full.action
    body = {
        **full.patch_body(action.require_whole().timeout_seconds),
        "id": action.id,
        "secure": action.secure,
        "integrationId": action.integration_id,
        "contract": action.contract,
    }
    if as_copied:
        body |= {"version": None, "contract": _without_addresses(action.contract)}
    return _digest(json.dumps(body, sort_keys=True).encode(), salt.encode(), _ROUNDS)


@lru_cache(maxsize=4)
def _digest(draft: bytes, salt: bytes, rounds: int) -> str:
    """Return it in hex; kept, because a draft is noted before each write and after it, mostly as it was."""
    return hashlib.pbkdf2_hmac("sha256", draft, salt, rounds).hex()


def _without_addresses(contract: JsonObject | None) -> JsonObject:
    return {
        side: {name: schema for name, schema in part.items() if not name.endswith("Uri")}
        if isinstance(part, dict)
        else part
        for side, part in (contract or {}).items()
    }


def with_timeout(full: FullConfig, timeout_s: int) -> FullConfig:
    """Return what a draft is expected to be once its timeout was set: one version on, all else as it was."""
    config = replace(full.action.require_whole(), timeout_seconds=timeout_s)
    version = (full.action.version or 0) + 1
    return replace(full, action=replace(full.action, config=config, version=version))


def shown_at_last(read: Callable[[], T], wanted: Callable[[T], bool]) -> T:
    """Return the first reading that is as wanted, else the last: a replica may lag behind a write."""
    for pause_s in LAG_S:
        shown = read()
        if wanted(shown):
            return shown
        time.sleep(pause_s)
    return read()


class DraftRequests:
    """The part of the client that deals with drafts."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def draft_ids(self, *, on_progress: OnProgress | None = None) -> frozenset[str]:
        """Return the ids of all actions that have an open draft."""
        listed = all_entities(
            self._api,
            f"{ACTIONS}/drafts",
            {"includeAuthActions": True},
            needs=VIEW,
            page_size=page_size_of(self._api.platform),
            on_progress=on_progress,
        )
        return frozenset(text(entity, "id", f"GET {ACTIONS}/drafts") for entity in listed)

    def get_draft(self, action_id: str) -> Action | None:
        """Return the action's open draft with its config, or None when it has none."""
        try:
            return read_action(self._api, action_path(action_id, draft=True))
        except NotFoundError:
            return None

    def read_published(self, action_id: str) -> FullConfig:
        """Return the published action with all that a draft of it will hold, its contract too."""
        return read_full(self._api, action_path(action_id), contract=True)

    def read_draft(self, action_id: str) -> FullConfig:
        """Return the draft with all that is in it, its contract too. Raises `NotFoundError` without one."""
        return read_full(self._api, action_path(action_id, draft=True), contract=True)

    def delete_own_draft(self, action_id: str, marks: DraftMarks) -> bool:
        """Delete the draft if it is, field by field, one of those in `marks`; return whether none is left.

        A draft that is still a copy of the published action holds nothing of anybody else's. Any other is
        someone else's, or was edited: it stays, and False is returned. No draft at all is fine.
        That it is no longer there is read, not believed: `UnexpectedReplyError` while the org still shows it.
        """
        try:
            present = self.read_draft(action_id)
        except NotFoundError:
            return True
        own = (draft_fingerprint(present, marks.salt, as_copied=copied) for copied in (False, True))
        if not any(fingerprint in marks.fingerprints for fingerprint in own):
            return False
        self.delete_draft(action_id)
        if shown_at_last(lambda: self.get_draft(action_id), lambda draft: draft is None) is not None:
            raise UnexpectedReplyError(
                "Its deletion was accepted, and the draft is still there.",
                hint="Is there a proxy in between that answers itself? Run it again later: diag doctor",
            )
        return True

    def create_draft(self, action_id: str) -> Action:
        """Open a draft made from the published action."""
        path = action_path(action_id, draft=True)
        return Action.from_json(self._api.send("POST", path, needs=EDIT), f"POST {path}")

    def patch_draft_timeout(self, full: FullConfig, timeout_s: int | None) -> Action:
        """Set the draft's timeout; `full` is the draft's own config (`read_config(id, draft=True)`)."""
        return self.patch_draft(full, full.patch_body(timeout_s))

    def patch_draft(self, full: FullConfig, body: JsonObject) -> Action:
        """Write this UpdateDraftInput into the draft that was read as `full`."""
        return patch_action(self._api, action_path(full.action.id, draft=True), full, body)

    def delete_draft(self, action_id: str) -> None:
        """Delete the draft; one that no longer exists is fine."""
        try:
            self._api.delete(action_path(action_id, draft=True), needs=("integrations:action:delete",))
        except NotFoundError:
            return
