"""Actions that could be called when a campaign began and cannot any more: deleted, moved, renamed, changed.

Found out only where a window could not call one of its actions; in a campaign without such a change nothing
is asked. Such an action is done, until it is there again: waiting for it would hold up the others to the end
of the span. A mistake in the person's own files is none of this: it is raised, and mended.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from diag.campaign.what_to_measure import TuneScope
from diag.choice.choose_actions import (
    changes_allowed,
    choose,
    entries_by_action,
    resolved_poll,
    without_missing,
)
from diag.choice.make_inputs import with_inputs
from diag.errors import UsageError
from diag.genesys.api_errors import NotFoundError, PermissionMissingError
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action

NOT_THERE: Final = "it is no longer there for this client"
"""Deleted, or moved to a division that the client does not see: both look the same from here."""
NOT_LISTED: Final = "it is not listed any more, so it cannot be called"


def why_gone(
    client: GenesysClient, scope: TuneScope, action_ids: Iterable[str], another: str, *, inputs_held: bool
) -> dict[str, str]:
    """Return why actions cannot be called any more, by id; without those that can.

    `scope` holds the org's actions and the workload as they are now; `another` is the command that begins
    another campaign. `inputs_held`: the inputs are known to be those that were approved, so where they do not
    fit, somebody changed the contract. Raises ApiError where the org does not answer (what is not known to be
    gone is not), UsageError for inputs that do not fit and may have been changed.
    """
    listed = {action.id: action for action in scope.inventory}
    found = {}
    for action_id in action_ids:
        action = listed.get(action_id)
        why = (
            _why_unlisted(client, action_id)
            if action is None
            else _why_not_called(client, scope, action, another, inputs_held=inputs_held)
        )
        if why is not None:
            found[action_id] = why
    return found


def _why_unlisted(client: GenesysClient, action_id: str) -> str:
    """A window calls what the org lists. The action's own page tells whether it is there at all."""
    try:
        client.get_action(action_id)
    except (NotFoundError, PermissionMissingError):
        return NOT_THERE
    return NOT_LISTED


def _why_not_called(
    client: GenesysClient, scope: TuneScope, action: Action, another: str, *, inputs_held: bool
) -> str | None:
    if scope.workload is None:
        return None
    workload = without_missing(scope.workload, scope.inventory)
    entry = entries_by_action(workload, scope.inventory, scope.where).get((action.id, "test"))
    if entry is None:
        return f"it is named {action.name!r} now, which {scope.where} does not name"
    with suppress(NotFoundError, PermissionMissingError):  # then no input can be made, which is a reason
        client.get_action(action.id, contract=True)  # raises: one that cannot be read just now is none
    one = replace(workload, entries=(replace(entry, id=action.id, name=None, category=None),))
    kept, left_out = choose(one, [action], [action.id], where=scope.where, as_org=scope.as_org)
    try:
        kept, without = with_inputs(client, kept, workload.seed)
    except UsageError as error:
        if inputs_held:  # they are those that were approved, and fitted then
            what = error.message.rpartition(" do not fit its contract: ")[2].rstrip(".")
            return f"its contract was changed, and its inputs do not fit any more: {what}"
        # a campaign is held to the inputs that were approved: mended ones are others
        put_back = "Put back what was changed: the action's contract, or its inputs."
        hint = f"{put_back} To approve other inputs, begin another campaign: {another}"
        raise UsageError(error.message, hint=hint, details=error.details) from None
    if not kept:
        return next(each.why for each in (*left_out, *without))
    try:
        allowed = not scope.as_org or changes_allowed(one, entry)
        resolved_poll(entry.poll, scope.inventory, changes_allowed=allowed)
    except UsageError as error:  # the action that it polls has gone the same ways
        return f"what it polls cannot be called: {error.message}"
    return None
