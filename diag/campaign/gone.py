"""Actions that could be called when a campaign began and cannot any more: deleted, renamed, changed.

Found out only where a window could not call one of its actions; in a campaign without such a change nothing
is asked. Such an action is done: waiting for it would hold up the others to the end of the span.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from diag.campaign.prepare import TuneScope
from diag.choice.choose_actions import (
    changes_allowed,
    choose,
    entries_by_action,
    resolved_poll,
    without_missing,
)
from diag.choice.make_inputs import with_inputs
from diag.errors import UsageError
from diag.genesys.api_errors import NotFoundError
from diag.genesys.client import GenesysClient
from diag.genesys.models import Action

DELETED: Final = "it was deleted while it was measured"


def gone(client: GenesysClient, scope: TuneScope, action_ids: Iterable[str]) -> dict[str, str]:
    """Return why actions can be called no more, by id; without those that can.

    `scope` holds the org's actions and the workload as they are now. Raises ApiError where the org does not
    answer: what is not known to be gone is not.
    """
    listed = {action.id: action for action in scope.inventory}
    found = {}
    for action_id in action_ids:
        action = listed.get(action_id)
        why = _why_unlisted(client, action_id) if action is None else _why_not_called(client, scope, action)
        if why is not None:
            found[action_id] = why
    return found


def _why_unlisted(client: GenesysClient, action_id: str) -> str | None:
    """A list may lack what is there, in another division say: only its own page tells that it was deleted."""
    try:
        client.get_action(action_id)
    except NotFoundError:
        return DELETED
    return None


def _why_not_called(client: GenesysClient, scope: TuneScope, action: Action) -> str | None:
    if scope.workload is None:
        return None
    workload = without_missing(scope.workload, scope.inventory)
    entry = entries_by_action(workload, scope.inventory, scope.where).get(action.id)
    if entry is None:
        return f"it is named {action.name!r} now, which {scope.where} does not name"
    client.get_action(action.id, contract=True)  # raises: a page that cannot be read just now is no reason
    one = replace(workload, entries=(replace(entry, id=action.id, name=None, category=None),))
    try:
        kept, left_out = choose(one, [action], [action.id], where=scope.where, sandbox=scope.sandbox)
        kept, without = with_inputs(client, kept, workload.seed)
        if kept:
            allowed = scope.sandbox or changes_allowed(one, entry)
            resolved_poll(entry.poll, scope.inventory, changes_allowed=allowed)
    except UsageError as error:
        return error.message
    return next((each.why for each in (*left_out, *without)), None)
