"""Reading an org's audits: as far back as asked, or why not."""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from diag.audits.match_journal import TOGETHER_S, match_journal
from diag.audits.org_changes import OrgChange, kinds_of_actions, org_changes
from diag.changes.journal.journal_line import JournalLine
from diag.changes.plans.plan import OrgIdentity
from diag.genesys.api_errors import ApiError, PermissionMissingError, RefusedRequestError
from diag.genesys.audits import AuditedChange, AuditedKind
from diag.genesys.client import GenesysClient

_ENDS: Final = (timedelta(minutes=5), timedelta(), -timedelta(minutes=1))
"""Where an interval may end, from now: the org's clock may be ahead of this machine's, or behind it, and an
end in its future may be refused."""
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
    """Return the org's changes since then beside the journal's `lines`; what fails is a value.

    Read from a little earlier: where diag's own change is missing, someone else's next one would be taken
    for it.
    """
    begin = since - timedelta(seconds=TOGETHER_S)
    try:
        kinds = kinds_of_actions(client.audited_kinds())
        if not kinds:
            return OrgChangesRead(why_not=NO_ENTITY)
        audited = [change for kind in kinds for change in _changes(client, kind, begin, now)]
    except PermissionMissingError as error:
        return OrgChangesRead(why_not=error.message)
    except ApiError as error:
        return OrgChangesRead(why_not=f"its audits cannot be read: {error.message}")
    changes = match_journal(org_changes(audited), lines, org)
    return OrgChangesRead(tuple(change for change in changes if change.at >= since.timestamp()))


def _changes(
    client: GenesysClient, kind: AuditedKind, since: datetime, now: datetime
) -> tuple[AuditedChange, ...]:
    """The changes of one kind, up to the latest end that the org takes."""
    *later, last = _ENDS
    for end in later:
        with contextlib.suppress(RefusedRequestError):
            return client.audited_changes(kind, since, now + end, wait=time.sleep)
    return client.audited_changes(kind, since, now + last, wait=time.sleep)
