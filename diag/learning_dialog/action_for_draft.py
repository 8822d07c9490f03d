"""Which action a draft is made of: named, or picked from a numbered list; a GET, and without a draft."""

import re
from typing import TYPE_CHECKING, Final

from analysis.typed_command import Asked
from diag.errors import UsageError
from diag.genesys.api_errors import ApiError, NotFoundError
from diag.genesys.data_action import Action
from diag.inventory.named_actions import ids_meant, no_such_action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.console import Console
    from diag.genesys.client import GenesysClient

_PAGE: Final = 100
_MOST_SHOWN: Final = 20
_MOST_NAMED: Final = 5
_AN_ID: Final = re.compile(r"[A-Za-z]+_-_.+|[0-9a-fA-F-]{36}")


def choose_action(console: "Console", client: "GenesysClient", wanted: str, asked: Asked) -> Action:
    """Return the action that `wanted` names, or the one that is picked. One request, or two.

    Raises UsageError for a name that means none or several, and where nothing is named and there is no
    terminal; ApiError.
    """
    return _named(client, wanted) if wanted else _picked(console, client, asked)


def why_not(action: Action) -> str | None:
    """Return why no draft is made of this action, None where one may be."""
    if not action.configurable:
        return f"is {action.not_configurable_reason}"
    if action.kind == "function":
        return "is a function action: its draft carries code"
    method = action.request_type
    if method is not None and method.upper() != "GET":
        return f"sends a {method.upper()}, which may change data: only a GET is called"
    return None


def words_to_learn(action: Action) -> tuple[str, str]:
    """Return the words of `--learn` for this action, as they are typed.

    By its id where its name begins like a flag: --learn stands alone, too, so that not even `--learn=-x` is
    read as its value.
    """
    return "--learn", action.id if action.name.startswith("-") else action.name


def _named(client: "GenesysClient", wanted: str) -> Action:
    """The action of this name or id."""
    found = client.list_page(_PAGE, include_config=True, name=wanted).actions
    meant = ids_meant([(action.id, action.name) for action in found], wanted)
    if not meant and _AN_ID.fullmatch(wanted):
        try:
            return client.get_action(wanted)
        except NotFoundError:
            pass
    if not meant:
        raise no_such_action(UsageError, (action.name for action in found), wanted)
    if len(meant) > 1:
        ids = ", ".join(sorted(meant)[:_MOST_NAMED])
        raise UsageError(f"{len(meant)} actions are named {wanted!r}.", hint=f"Give the id of one: {ids}")
    return next(action for action in found if action.id in meant)


def _picked(console: "Console", client: "GenesysClient", asked: Asked) -> Action:
    listed = client.list_page(_PAGE, include_config=True).actions
    candidates = [action for action in listed if why_not(action) is None]
    if not candidates:
        raise UsageError(
            "None of the actions that this org lists first is a GET that could be learnt from.",
            hint="Name one: " + asked.command("doctor", before=("--learn", "ACTION")),
        )
    if not console.interactive:
        raise _not_named(candidates, asked)
    shown = candidates[:_MOST_SHOWN]
    console.note("Which action may a draft be made of? One whose backend is slow at times shows most.")
    for number, action in enumerate(shown, start=1):
        console.note(f"  {number:>2}  {action.name}{_timeout(action)}")
    if len(candidates) > len(shown):
        console.note(f"  and {len(candidates) - len(shown)} more: name one behind --learn")
    chosen = console.choose(len(shown))
    if chosen is None:
        raise UsageError("No action was chosen; nothing was done.")
    return shown[chosen - 1]


def _not_named(candidates: "Sequence[Action]", asked: Asked) -> UsageError:
    names = ", ".join(repr(action.name) for action in candidates[:_MOST_NAMED])
    return UsageError(
        "--learn needs the name of an action to make a draft of, and there is no terminal to ask on.",
        hint="Name one: " + asked.command("doctor", before=words_to_learn(candidates[0])),
        details=(f"Possible: {names}" + (", ..." if len(candidates) > _MOST_NAMED else ""),),
    )


def _timeout(action: Action) -> str:
    return f"  ({action.timeout_s} s)" if action.timeout_s is not None else ""


def demand_no_draft(client: "GenesysClient", action: Action) -> None:
    """Raise UsageError where the action has an open draft: that one is somebody's."""
    try:
        draft = client.get_draft(action.id)
    except ApiError as error:
        raise UsageError(
            f"Whether {action.name} has an open draft could not be read ({error.message}).", hint=error.hint
        ) from None
    if draft is not None:
        raise UsageError(
            f"{action.name} already has an open draft, which belongs to someone: it is not touched.",
            hint="Name another action, or publish or delete that draft in the admin UI first.",
        )
