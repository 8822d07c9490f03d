"""Which actions a name means: one matcher for every verb, flag and file.

An id goes first, then a name as it is written, then a name in any case, then a pattern such as `Get*` (any
case, of names and ids). The first of these that fits anything decides, so that no name can hide an id.
"""

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TypeVar

from diag.errors import UsageError
from diag.genesys.data_action import Action

_Error = TypeVar("_Error", bound=Exception)


def ids_meant(actions: Iterable[tuple[str, str]], wanted: str) -> frozenset[str]:
    """Return the ids `wanted` means among `actions`, given as (id, name); empty when it means none."""
    known = tuple(actions)
    folded = wanted.casefold()
    steps = (
        (action_id for action_id, _ in known if action_id == wanted),
        (action_id for action_id, name in known if name == wanted),
        (action_id for action_id, name in known if name.casefold() == folded),
        (
            action_id
            for action_id, name in known
            if fnmatchcase(name.casefold(), folded) or fnmatchcase(action_id.casefold(), folded)
        ),
    )
    return next((ids for step in steps if (ids := frozenset(step))), frozenset())


def ids_of_all(
    actions: Iterable[tuple[str, str]], wanted: Iterable[str], unknown: Callable[[str], Exception]
) -> frozenset[str]:
    """Return the ids that any of `wanted` means. Raises what `unknown` makes of a name that means none."""
    known, chosen = tuple(actions), frozenset[str]()
    for name in wanted:
        meant = ids_meant(known, name)
        if not meant:
            raise unknown(name)
        chosen |= meant
    return chosen


def is_pattern(wanted: str) -> bool:
    """Return whether a name may mean several actions on purpose: it holds `*`, `?` or `[`."""
    return any(sign in wanted for sign in "*?[")


def nearest_names(names: Iterable[str], wanted: str) -> tuple[str, ...]:
    """Return up to three names that look like `wanted`, whatever their case, nearest first."""
    as_written = {name.casefold(): name for name in names}
    return tuple(as_written[near] for near in get_close_matches(wanted.casefold(), as_written, n=3))


def unknown_action_hint(names: Iterable[str], wanted: str) -> str:
    """Return what to do about a name that means no action."""
    near = nearest_names(names, wanted)
    return f"Did you mean {' or '.join(map(repr, near))}?" if near else "List them: diag scan"


def no_such_action(kind: Callable[..., _Error], names: Iterable[str], wanted: str) -> _Error:
    """Return the error, of this kind, for a name that none of an org's actions has."""
    return kind(f"There is no action {wanted!r} in this org.", hint=unknown_action_hint(names, wanted))


def wanted_actions(actions: Sequence[Action], wanted: Sequence[str]) -> tuple[Action, ...]:
    """Return the actions meant by any of `wanted`, in the org's order; all of them when nothing is wanted.

    Raises UsageError for a name that means no action, with the nearest names there are.
    """
    if not wanted:
        return tuple(actions)

    def unknown(name: str) -> UsageError:
        return no_such_action(UsageError, (action.name for action in actions), name)

    chosen = ids_of_all(((action.id, action.name) for action in actions), wanted, unknown)
    return tuple(action for action in actions if action.id in chosen)
