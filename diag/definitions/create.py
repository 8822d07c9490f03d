"""Creating an action: journalled before and after, so that the journal is right at every moment."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from diag.changes.applying.apply_context import Operator
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import JournalLine, PlannedAction, first_line_of_creation
from diag.clocks.wall_clock import REAL_TIME, WallClock
from diag.definitions.action_to_create import ActionToCreate
from diag.definitions.definition_errors import AmbiguousTargetError
from diag.genesys.api_errors import ApiError, RateLimitedError, effect_is_unknown
from diag.genesys.data_action import Action
from diag.genesys.http.retrying import MAX_ATTEMPTS, wait_before_retry
from diag.genesys.replies.json_reply import JsonObject


class CreatingOrg(Protocol):
    """What this file needs of the client."""

    def actions_named(self, name: str, *, draft: bool = False) -> tuple[Action, ...]:
        """Return the actions with exactly this name."""

    def create_action(self, body: JsonObject, *, draft: bool = False) -> Action:
        """Create one."""


@dataclass(frozen=True, slots=True)
class Created:
    """The new action, and its entry in the journal."""

    action: Action
    entry: str


def refuse_taken_name(org: CreatingOrg, name: str) -> None:
    """Raise `AmbiguousTargetError` where an action or a draft has this name."""
    if org.actions_named(name) or org.actions_named(name, draft=True):
        raise AmbiguousTargetError(
            f"The org has an action named {name!r} already.",
            hint="Give another name in the file; to change a timeout: diag set",
        )


def create(
    org: CreatingOrg,
    creation: ActionToCreate,
    journal: Journal,
    operator: Operator,
    *,
    draft: bool,
    clock: WallClock = REAL_TIME,
) -> Created:
    """Create the action and return it; journalled before and after.

    A lost reply is not repeated: the org is asked by name whether the action is there. Raises
    `AmbiguousTargetError` when the name is taken, `ApiError` when the org refuses or the effect is unknown.
    """
    name = creation.definition.name
    refuse_taken_name(org, name)
    intent = _intent(creation, operator, clock.now())
    journal.append(intent)
    try:
        action = _create_once(org, creation, draft=draft, sleep=clock.sleep)
    except ApiError as error:
        created = _created_despite(org, name, error, draft=draft)
        if created is None:
            if not effect_is_unknown(error):
                journal.append(_result(intent, clock.now(), "failed", error.message, error.correlation_id))
            raise
        action = created
    journal.append(_result(intent, clock.now(), "created", None, action.correlation_id, action))
    return Created(action, intent.entry)


def _create_once(
    org: CreatingOrg, creation: ActionToCreate, *, draft: bool, sleep: Callable[[float], None]
) -> Action:
    """Create it, again after a rate limit, but only once the org was seen without it."""
    for attempt in range(1, MAX_ATTEMPTS):
        try:
            return org.create_action(creation.body, draft=draft)
        except RateLimitedError as error:
            wait = wait_before_retry("POST", error)
            if wait is False:
                raise
            sleep(2.0**attempt if wait is True else wait)
            if org.actions_named(creation.definition.name, draft=draft):
                raise
    return org.create_action(creation.body, draft=draft)


def _created_despite(org: CreatingOrg, name: str, error: ApiError, *, draft: bool) -> Action | None:
    """The new action if the org has it although its reply was lost; the name was free a moment ago.

    A refusal may be that of a second copy, sent by a proxy, while the first one was carried out.
    """
    if error.status is None and not effect_is_unknown(error):
        return None
    try:
        named = org.actions_named(name, draft=draft)
    except ApiError:
        return None  # still unknown: the entry stays without a result, and doctor reports it
    return named[0] if len(named) == 1 else None


def _intent(creation: ActionToCreate, operator: Operator, now: float) -> JournalLine:
    body = json.dumps(creation.body, sort_keys=True).encode()
    action = PlannedAction(creation.definition.name, creation.timeout_s, hashlib.sha256(body).hexdigest())
    return first_line_of_creation(action, operator.identity, operator.author, now)


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
