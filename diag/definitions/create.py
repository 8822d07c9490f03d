"""Creating an action, with the journal telling the truth at every moment."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from diag.changes.journal.journal import Author, Journal, JournalLine, new_id
from diag.changes.plans.plan import OrgIdentity
from diag.definitions.errors import AmbiguousTargetError
from diag.definitions.resolve import Creation
from diag.genesys.errors import ApiError, effect_is_unknown
from diag.genesys.http.json_reply import JsonObject
from diag.genesys.models import Action


class Org(Protocol):
    """What this file needs of the client."""

    def actions_named(self, name: str, *, draft: bool = False) -> tuple[Action, ...]:
        """Return the actions with exactly this name."""

    def create_action(self, body: JsonObject, *, draft: bool = False) -> Action:
        """Create one."""


@dataclass(frozen=True, slots=True)
class Created:
    """The new action, and the journal entry that tells of it."""

    action: Action
    entry: str


def create(
    org: Org,
    creation: Creation,
    journal: Journal,
    *,
    identity: OrgIdentity,
    author: Author,
    draft: bool,
    clock: Callable[[], float] = time.time,
) -> Created:
    """Create the action and return it; journalled before and after.

    A lost reply is not repeated: the org is asked by name whether the action is there. Raises
    `AmbiguousTargetError` when the name is taken, `ApiError` when the org refuses or nobody can tell.
    """
    name = creation.definition.name
    if org.actions_named(name) or org.actions_named(name, draft=True):
        raise AmbiguousTargetError(
            f"The org has an action named {name!r} already.",
            hint="Give another name in the file; to change a timeout: diag set",
        )
    intent = _intent(creation, identity, author, clock())
    journal.append(intent)
    try:
        action = org.create_action(creation.body, draft=draft)
    except ApiError as error:
        found = _was_created_all_the_same(org, name, error, draft=draft)
        if found is None:
            if not effect_is_unknown(error):
                journal.append(_result(intent, clock(), "failed", error.message, error.correlation_id))
            raise
        action = found
    journal.append(_result(intent, clock(), "created", None, action.correlation_id, action))
    return Created(action, intent.entry)


def _was_created_all_the_same(org: Org, name: str, error: ApiError, *, draft: bool) -> Action | None:
    """The new action if the org has it although its reply was lost; the name was free a moment ago."""
    if not effect_is_unknown(error):
        return None
    try:
        found = org.actions_named(name, draft=draft)
    except ApiError:
        return None  # nobody can tell: the entry stays without a result, and doctor says so
    return found[0] if len(found) == 1 else None


def _intent(creation: Creation, identity: OrgIdentity, author: Author, at: float) -> JournalLine:
    body = json.dumps(creation.body, sort_keys=True).encode()
    return JournalLine(
        entry=new_id(at),
        phase="intent",
        at=at,
        apply_id=author.apply_id,
        client_id=author.client_id,
        org_id=identity.org_id,
        org_name=identity.org_name,
        host=identity.host,
        sandbox=identity.sandbox,
        plan_digest=hashlib.sha256(body).hexdigest(),
        origin="register",
        action_id="",
        action_name=creation.definition.name,
        before_timeout_s=creation.timeout_s,
        before_is_set=False,
        after_timeout_s=creation.timeout_s,
        version_before=None,
    )


def _result(
    intent: JournalLine,
    at: float,
    outcome: str,
    reason: str | None,
    correlation_id: str | None,
    action: Action | None = None,
) -> JournalLine:
    return replace(
        intent,
        phase="result",
        at=at,
        outcome=outcome,
        reason=reason,
        action_id=action.id if action else "",
        version_after=action.version if action else None,
        correlation_ids=(correlation_id,) if correlation_id else (),
    )
