"""Reading an org's audits: as far back as asked, or why not."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from diag.audits.org_changes import OrgChange, kinds_of_actions, org_changes
from diag.changes.journal.journal_line import JournalLine
from diag.changes.plans.plan import OrgIdentity
from diag.genesys.api_errors import ApiError, PermissionMissingError
from diag.genesys.client import GenesysClient

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
    until: datetime,
) -> OrgChangesRead:
    """Return the org's changes in [since, until) beside the journal's `lines`; what fails is a value."""
    try:
        kinds = kinds_of_actions(client.audited_kinds())
        if not kinds:
            return OrgChangesRead(why_not=NO_ENTITY)
        audited = [
            change for kind in kinds for change in client.audited_changes(kind, since, until, wait=time.sleep)
        ]
    except PermissionMissingError as error:
        return OrgChangesRead(why_not=error.message)
    except ApiError as error:
        return OrgChangesRead(why_not=f"its audits cannot be read: {error.message}")
    return OrgChangesRead(org_changes(audited, lines, org))
