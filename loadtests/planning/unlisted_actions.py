"""Actions the workload does not name: a dry run says which of them may change data, and what calls them."""

from collections.abc import Sequence
from dataclasses import dataclass

from diag.choice.choose_actions import actions_to_call, entries_by_action
from diag.genesys.data_action import Action
from diag.workload.workload import Workload


@dataclass(frozen=True, slots=True)
class Unlisted:
    """`changing`: each whose request is not a GET, or unknown; `reading`: how many others there are."""

    changing: tuple[Action, ...] = ()
    reading: int = 0


def unlisted(
    workload: Workload, inventory: Sequence[Action], wanted: Sequence[str], where: str | None
) -> Unlisted:
    """Return the actions that `wanted` (`--action`; empty: all) means and no entry of the workload does.

    Custom authentication actions are not among them: flows never call those.
    """
    listed = {action_id for action_id, _ in entries_by_action(workload, inventory, where)}
    others = [
        action
        for action in actions_to_call(inventory, wanted)
        if action.id not in listed and action.kind != "custom_auth"
    ]
    changing = [action for action in others if (action.request_type or "").upper() != "GET"]
    return Unlisted(tuple(changing), len(others) - len(changing))
