"""Changes of actions as the org tells them. Which of them diag made: `match_journal.py`.

What the service calls its entities and properties is unknown: an entity counts by its name in the org's own
list, and a property by ending in a timeout that is not a function's.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from diag.genesys.audits import AuditedChange, AuditedKind, PropertyChange

_ACTIONS: Final = ("dataaction", "integrationaction", "integrationsaction", "bridgeaction")
_SERVICES: Final = ("integration", "bridge", "dataaction")
_TIMEOUTS: Final = ("timeoutseconds", "timeout")
_FEW_DIGITS: Final = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class OrgChange:
    """One change of one action: timeouts in seconds, None: unset, or not told (`told` False)."""

    at: float
    """Unix seconds."""
    action_id: str
    action_name: str
    who: str | None
    before_s: int | None = None
    after_s: int | None = None
    told: bool = False
    """Whether the org says which timeout it was before and after."""
    entry: str | None = None
    """The journal entry by which diag made it."""


def kinds_of_actions(kinds: Iterable[AuditedKind]) -> tuple[AuditedKind, ...]:
    """Return those of an org's audited entities that are data actions."""
    return tuple(kind for kind in kinds if _is_of_actions(kind))


def org_changes(audited: Sequence[AuditedChange]) -> tuple[OrgChange, ...]:
    """Return the changes that touched a timeout, or may have, the newest first."""
    found: list[OrgChange] = []
    for change in sorted(audited, key=lambda one: one.at, reverse=True):
        timeout = next((each for one in change.properties if (each := _timeout(one)) is not None), None)
        if timeout is None and change.properties:
            continue  # something else of the action was changed
        before_s, after_s = timeout or (None, None)
        found.append(
            OrgChange(
                at=change.at,
                action_id=change.entity_id,
                action_name=change.entity_name or change.entity_id,
                who=change.who,
                before_s=before_s,
                after_s=after_s,
                told=timeout is not None,
            )
        )
    return tuple(found)


def _is_of_actions(kind: AuditedKind) -> bool:
    service, entity = _plain(kind.service), _plain(kind.entity).removesuffix("s")
    if entity in _ACTIONS:
        return True
    return entity.endswith("action") and any(name in service for name in _SERVICES)


def _timeout(change: PropertyChange) -> tuple[int | None, int | None] | None:
    """The timeout before and after; None where the property is another, or its values are no seconds."""
    parts = [_plain(part) for part in re.split(r"[./\[\]]+", change.name) if part]
    if not parts or parts[-1] not in _TIMEOUTS or any("function" in part for part in parts):
        return None
    try:
        return _seconds(change.before), _seconds(change.after)
    except ValueError:
        return None


def _seconds(values: Sequence[str]) -> int | None:
    """A timeout; None: unset. Raises ValueError for what is not one."""
    if not values or values[0] in ("", "null", "0"):
        return None
    if not _FEW_DIGITS.fullmatch(values[0]) or not 1 <= int(values[0]) <= 60:
        raise ValueError("not a timeout")
    return int(values[0])


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
