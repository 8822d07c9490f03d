from dataclasses import replace

from diag.changes.journal import Record
from diag.production.last_changes import last_changes

APPLIED = Record(
    entry="e1",
    phase="result",
    at=10.0,
    apply_id="x",
    client_id="c",
    org_id="o",
    org_name="Acme",
    host="h",
    sandbox=False,
    plan_digest="d",
    origin="recommend",
    action_id="a1",
    action_name="Get",
    before_timeout_s=3,
    before_is_set=True,
    after_timeout_s=8,
    version_before=1,
    outcome="applied",
)


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
