"""For `diag scan`: timeouts no longer what diag last set, with who changed them where the org tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from analysis.number_words import noun, plural
from diag.audits.read_org_changes import read_org_changes
from diag.audits.set_elsewhere import SetElsewhere, set_elsewhere, with_authors
from diag.changes.journal.journal import Journal
from diag.changes.plans.plan import OrgIdentity
from diag.genesys.client import GenesysClient
from diag.inventory.read_inventory import NotRead


@dataclass(frozen=True, slots=True)
class MarkedTimeouts:
    """The actions, by id, that someone else changed; `why_not`: why the org does not tell who."""

    found: Mapping[str, SetElsewhere] = field(default_factory=dict)
    why_not: str | None = None

    def words(self) -> dict[str, str]:
        """Return one phrase for each."""
        return {action_id: words_of(one) for action_id, one in self.found.items()}

    def lines(self) -> list[str]:
        """Return how many there are, and why it is not known who changed them, as sentences."""
        if not self.found:
            return []
        many = len(self.found)
        lines = [
            f"{plural(many, 'timeout')} {noun(many, 'is', 'are')} no longer what diag set: someone else "
            f"changed {noun(many, 'it', 'them')} since (diag history --org)."
        ]
        if self.why_not is not None:
            lines.append(f"Who did, the org does not tell: {self.why_not}.")
        return lines

    def not_read(self) -> tuple[NotRead, ...]:
        """Return what the org does not tell of them, and why."""
        return () if self.why_not is None else (NotRead("who changed timeouts", self.why_not),)


def marked_timeouts(
    client: GenesysClient,
    identify: Callable[[], OrgIdentity],
    journal: Journal,
    timeouts: Mapping[str, int | None],
    now: datetime,
) -> MarkedTimeouts:
    """Return the marks for an org's `timeouts` in force, by action id (seconds; None: unknown).

    Asks the org who it is only where the journal has changes of its host, and for its audits only where a
    timeout differs. Raises JournalError, and ApiError for the org's name.
    """
    lines = [line for line in journal.read() if line.host == client.connection.host]
    if not lines:
        return MarkedTimeouts()
    org = identify()
    found = set_elsewhere(lines, org, timeouts)
    if not found:
        return MarkedTimeouts()
    since = datetime.fromtimestamp(min(one.set_at for one in found.values()), UTC)
    read = read_org_changes(client, org, lines, since, now)
    return MarkedTimeouts(with_authors(found, read.changes), read.why_not)


def words_of(one: SetElsewhere) -> str:
    """Return "5 s by diag on 2026-11-20; by Anna on 2026-11-25"."""
    by_diag = f"{one.set_s} s by diag on {_day(one.set_at)}"
    if one.at is None:
        return by_diag
    who = "" if one.who is None else f"by {one.who} "
    return f"{by_diag}; since then {who}on {_day(one.at)}"


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
