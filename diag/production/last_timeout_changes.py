"""When each action's timeout was last changed, according to diag's journal."""

from collections.abc import Sequence

from diag.changes.journal.journal_line import JournalLine, latest_by_entry


def last_changes(records: Sequence[JournalLine], host: str) -> dict[str, float]:
    """Return action id -> Unix time of the last change made at `host`.

    A change without a result counts too: it may have taken effect.
    """
    changed: dict[str, float] = {}
    for record in latest_by_entry(records).values():
        happened = record.outcome == "applied" or not record.finished or record.version_after is not None
        if record.host == host and happened:
            changed[record.action_id] = max(record.at, changed.get(record.action_id, 0.0))
    return changed
