"""Changes of actions as the org tells them, each beside the journal entry that made it, if diag did.

What the service calls its entities and properties is unknown: an entity counts by its name in the org's own
list, and a property by ending in a timeout that is not a function's.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from diag.changes.journal.journal_line import JournalLine, latest_by_entry
from diag.changes.plans.plan import OrgIdentity
from diag.changes.undo_plan import made_in, wrote
from diag.genesys.audits import AuditedChange, AuditedKind, PropertyChange

TOGETHER_S: Final = 300.0
"""The org's clock and this machine's may differ by so much."""
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


def org_changes(
    audited: Sequence[AuditedChange], lines: Sequence[JournalLine], org: OrgIdentity
) -> tuple[OrgChange, ...]:
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
    return _with_entries(found, lines, org)


def _with_entries(
    changes: list[OrgChange], lines: Sequence[JournalLine], org: OrgIdentity
) -> tuple[OrgChange, ...]:
    """Join each entry of the journal to the change that is nearest to it, and each to one only."""
    began: dict[str, float] = {}
    for line in lines:
        began.setdefault(line.entry, line.at)
    made = [line for line in latest_by_entry(lines).values() if made_in(line, org) and wrote(line)]
    pairs = sorted(
        (max(began[line.entry] - change.at, change.at - line.at, 0.0), change.at, at, line.entry)
        for line in made
        for at, change in enumerate(changes)
        if _may_be_of(change, line)
    )
    joined: dict[int, str] = {}
    for apart_s, _, at, entry in pairs:
        if apart_s <= TOGETHER_S and at not in joined and entry not in joined.values():
            joined[at] = entry
    return tuple(replace(change, entry=joined.get(at)) for at, change in enumerate(changes))


def _may_be_of(change: OrgChange, line: JournalLine) -> bool:
    if line.action_id != change.action_id:
        return False
    return not change.told or change.after_s in (None, line.after_timeout_s)


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
