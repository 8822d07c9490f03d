"""The same promises under faults the sandbox itself makes: real resets, real expired tokens, real 429s."""

from typing import TYPE_CHECKING, Any

import pytest

from diag.changes.journal.journal_line import unfinished
from diag.changes.plans.change_result import ChangeOutcome

if TYPE_CHECKING:
    from tests.contract.changes.conftest import Admin, Arm

PATCH = {"method": "PATCH", "hits": 1}
FAULTS: dict[str, list[dict[str, Any]]] = {
    "503 before": [{"kind": "status", "status": 503, **PATCH}],
    "500 after": [{"kind": "status_after", "status": 500, **PATCH}],
    "504 after": [{"kind": "status_after", "status": 504, **PATCH}],
    "reset before": [{"kind": "reset", **PATCH}],
    "reset after": [{"kind": "reset_after", **PATCH}],
    "half a reply": [{"kind": "truncated", **PATCH}],
    "no JSON": [{"kind": "malformed", **PATCH}],
    "a gateway's page": [{"kind": "html", "status": 502, **PATCH}],
    "429 with Retry-After": [{"kind": "status", "status": 429, "retry_after_s": 1, **PATCH}],
    "token ends before the write": [{"kind": "token_expired", **PATCH}],
    "token ends at the second read": [{"kind": "token_expired", "method": "GET", "skip": 1, "hits": 1}],
    "edited before the write": [{"kind": "edited_meanwhile", **PATCH}],
    "a template cut short": [{"kind": "miscounted", "method": "GET", "path": "/templates/", "hits": 1}],
    "no version in the reply": [{"kind": "stripped", "part": "version", **PATCH}],
    "a portal's page for a reply": [{"kind": "page", **PATCH}],
    "an empty reply": [{"kind": "empty", **PATCH}],
    "a gzip bomb for a reply": [{"kind": "gzip_bomb", "megabytes": 70, **PATCH}],
    "a gzip bomb for an action": [{"kind": "gzip_bomb", "megabytes": 70, "method": "GET", "hits": 1}],
    "a redirect": [{"kind": "redirect", **PATCH}],
    "a redirect before": [{"kind": "redirect", "method": "GET", "hits": 1}],
    "sent twice": [{"kind": "doubled", **PATCH}],
    "edited four times": [{"kind": "edited_meanwhile", "method": "PATCH", "hits": 4}],
    "a bad day": [
        {"kind": "reset_after", **PATCH},
        {"kind": "status", "status": 503, "method": "GET", "skip": 2, "hits": 1},
        {"kind": "token_expired", "method": "GET", "skip": 4, "hits": 1},
    ],
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_platform(admin: "Admin", action_id: str, arm: "Arm", name: str) -> None:
    fields, change = admin.fields(action_id), admin.change(action_id)
    arm(*FAULTS[name])

    (result,) = admin.apply(change)
    arm()
    if result.outcome is not ChangeOutcome.APPLIED:
        (result,) = admin.apply(change)

    assert result.outcome is ChangeOutcome.APPLIED, result.reason
    admin.assert_applied(action_id, fields, 10)


def test_a_version_that_never_stands_still_ends_unchanged(admin: "Admin", action_id: str, arm: "Arm") -> None:
    change = admin.change(action_id)
    arm({"kind": "edited_meanwhile", "method": "PATCH"})

    (result,) = admin.apply(change)

    assert result.outcome is ChangeOutcome.FAILED
    assert admin.timeout_of(action_id) == 5
    assert unfinished(admin.journal.read()) == []
