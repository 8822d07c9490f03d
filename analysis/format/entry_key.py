"""What stands for an action in the files of a run: its id, or, of its backend called directly, `direct:ID`.

One run may call an action both ways; their calls are never counted together.
"""

from typing import Final

from analysis.format.sample_schema import ActionVersion

_DIRECT: Final = f"{ActionVersion.DIRECT}:"


def entry_key(action_id: str, target: ActionVersion | str) -> str:
    """Return the key of the calls of an action to this target."""
    return f"{_DIRECT}{action_id}" if target == ActionVersion.DIRECT else action_id


def is_direct_key(key: str) -> bool:
    """Return whether the key stands for calls that went straight to the backend."""
    return key.startswith(_DIRECT)


def action_of_key(key: str) -> str:
    """Return the action's id."""
    return key.removeprefix(_DIRECT)
