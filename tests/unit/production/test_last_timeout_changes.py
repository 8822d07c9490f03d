from dataclasses import replace

from diag.production.last_timeout_changes import last_changes
from tests.support.changes.journal_records import record

APPLIED = record(phase="result", at=10.0, action_id="a1", host="h", outcome="applied")


def test_the_newest_change_of_this_org_counts() -> None:
    records = [
        APPLIED,
        replace(APPLIED, entry="e2", at=30.0),
        replace(APPLIED, entry="e3", at=20.0),
        replace(APPLIED, entry="e4", at=99.0, host="elsewhere"),
        replace(APPLIED, entry="e5", at=99.0, outcome="refused"),
        replace(APPLIED, entry="e6", action_id="a2", at=40.0, phase="intent", outcome=None),
    ]
    assert last_changes(records, "h") == {"a1": 30.0, "a2": 40.0}
