"""Reading an org's audits: as far back as asked, or why not."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from diag.audits.org_changes import OrgChange, kinds_of_actions, org_changes
from diag.changes.journal.journal_line import JournalLine
from diag.changes.plans.plan import OrgIdentity
from diag.genesys.api_errors import ApiError, PermissionMissingError, RefusedRequestError
from diag.genesys.audits import AuditedChange, AuditedKind
from diag.genesys.client import GenesysClient

_AHEAD: Final = timedelta(minutes=5)
"""So far the org's clock may be ahead of this machine's."""
NO_ENTITY: Final = "the org's list of audited entities names no data actions"


@dataclass(frozen=True, slots=True)
class OrgChangesRead:
    """What the org tells of its actions' timeouts, the newest first; `why_not`: why it tells nothing."""

    changes: tuple[OrgChange, ...] = ()
    why_not: str | None = None


def read_org_changes(
    client: GenesysClient,
    org: OrgIdentity,
    lines: Sequence[JournalLine],
    since: datetime,
    now: datetime,
) -> OrgChangesRead:
    """Return the org's changes since then beside the journal's `lines`; what fails is a value."""
    try:
        kinds = kinds_of_actions(client.audited_kinds())
        if not kinds:
            return OrgChangesRead(why_not=NO_ENTITY)
        audited = [change for kind in kinds for change in _changes(client, kind, since, now)]
    except PermissionMissingError as error:
        return OrgChangesRead(why_not=error.message)
    except ApiError as error:
        return OrgChangesRead(why_not=f"its audits cannot be read: {error.message}")
    return OrgChangesRead(org_changes(audited, lines, org))


def _changes(
    client: GenesysClient, kind: AuditedKind, since: datetime, now: datetime
) -> tuple[AuditedChange, ...]:
    """The changes of one kind, those by a clock ahead of ours too, where the org takes such an interval."""
    try:
        return client.audited_changes(kind, since, now + _AHEAD, wait=time.sleep)
    except RefusedRequestError:
        return client.audited_changes(kind, since, now, wait=time.sleep)
