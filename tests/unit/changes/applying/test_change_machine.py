"""One change from reading to result: only the timeout ever differs, and the journal is right."""

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from diag.changes.change_errors import JournalError
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import unfinished
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.genesys.api_errors import (
    LoginError,
    NotFoundError,
    UnexpectedReplyError,
)
from tests.support.changes.fake_org import (
    ID,
    FakeOrg,
    change_for,
    full_config,
    nothing,
    only_the_timeout_differs,
    raising,
)
from tests.support.changes.journal_records import phases

Apply = Callable[..., list[ChangeResult]]


def test_a_change_is_written_proven_tested_and_journalled(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is ChangeOutcome.APPLIED
    assert result.reason == "5 s -> 10 s; test call passed"
    assert (result.version_before, result.version_after) == (7, 8)
    assert len(result.correlation_ids) == 3  # test before, patch, test after
    assert org.timeout_of(ID) == 10
    assert only_the_timeout_differs(org)
    assert phases(journal) == ["intent", "written", "result"]
    assert {record.entry for record in journal.read()} == {result.entry}
    assert not list(journal.path.parent.glob("*.unfinished/*"))


def test_neither_payload_nor_header_nor_template_reaches_the_journal(apply: Apply, journal: Journal) -> None:
    apply(FakeOrg.with_actions(full_config()), change_for(full_config(), 10))

    text = journal.path.read_text()

    for secret in ("payload-secret", "s3cret-header", "rawRequest", "crm.example.test"):
        assert secret not in text


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        ({"timeout_s": 8}, "timeout: planned 5 s, present 8 s"),
        ({"url": "https://other.example.test"}, "config.request.requestUrlTemplate: planned digest:"),
        ({"request_template": "changed"}, "config.request.requestTemplate: planned digest:"),
    ],
)
def test_an_edited_action_is_refused_by_name_with_both_values(
    apply: Apply, journal: Journal, edit: dict[str, Any], named: str
) -> None:
    org = FakeOrg.with_actions(full_config())
    change = change_for(full_config(), 10)
    org.edit(ID, **edit)

    (result,) = apply(org, change)

    assert result.outcome is ChangeOutcome.REFUSED
    assert "version: planned 7, present 8" in result.reason
    assert named in result.reason
    assert org.patches == []
    assert journal.read()[-1].outcome == "refused"


def test_a_version_that_moved_alone_is_no_drift(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    change = change_for(full_config(), 10)
    org.edit(ID)

    (result,) = apply(org, change)

    assert (result.outcome, result.version_before, result.version_after) == (ChangeOutcome.APPLIED, 8, 9)


def test_the_loser_of_a_race_says_who_won(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    plan_of_b = change_for(full_config(), 12)
    apply(org, change_for(full_config(), 10), author="client-a")

    (result,) = apply(org, plan_of_b, author="client-b")

    assert result.outcome is ChangeOutcome.REFUSED
    assert "timeout: planned 5 s, present 10 s" in result.reason
    assert "set to 10 s by client-a" in result.reason


def test_lost_credentials_stop_everything(apply: Apply) -> None:
    fulls = [full_config(f"custom_-_{number}") for number in range(3)]
    org = FakeOrg.with_actions(*fulls)
    org.on_patch = [nothing, raising(LoginError("401", status=401))]

    results = apply(org, *(change_for(full, 10) for full in fulls))

    assert [result.outcome for result in results] == [
        ChangeOutcome.APPLIED,
        ChangeOutcome.FAILED,
        ChangeOutcome.SKIPPED,
    ]
    assert results[1].denied
    assert "not tried: stopped after" in results[2].reason


def test_a_deleted_action_is_refused(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    change = change_for(full_config(), 10)
    org.on_read = [raising(NotFoundError("404", status=404))]

    (result,) = apply(org, change)

    assert (result.outcome, result.reason) == (ChangeOutcome.REFUSED, "it no longer exists")


@pytest.mark.parametrize("room_for_lines", [0, 1, 2])
def test_a_full_disk_stops_the_apply_and_the_next_one_finishes(
    apply: Apply, journal: Journal, monkeypatch: pytest.MonkeyPatch, room_for_lines: int
) -> None:
    org = FakeOrg.with_actions(full_config())
    change = change_for(full_config(), 10)
    write, left = os.write, [room_for_lines]

    def until_full(descriptor: int, body: bytes) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= 1
        return write(descriptor, body)

    with monkeypatch.context() as patched, pytest.raises(JournalError) as caught:
        patched.setattr("diag.changes.journal.journal.os.write", until_full)
        apply(org, change)

    assert "No space left on device" in caught.value.message
    assert org.patches == ([] if room_for_lines == 0 else [(ID, 10)])  # no intent, no write
    assert [result.outcome for result in apply(org, change)] == [ChangeOutcome.APPLIED]
    assert org.patches == [(ID, 10)]
    assert unfinished(journal.read()) == []


def test_an_action_that_stops_telling_its_config_is_not_written(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config(timeout_s=None))
    change = change_for(full_config(timeout_s=None), 10)
    full = org.actions[ID]
    org.actions[ID] = replace(full, action=replace(full.action, config=None))

    (silent,) = apply(org, change)
    org.on_read = [raising(UnexpectedReplyError("the reply holds no config"))]
    (odd,) = apply(org, change)

    assert (silent.outcome, odd.outcome) == (ChangeOutcome.REFUSED, ChangeOutcome.FAILED)
    assert "Nothing was changed" in odd.reason
    assert "patch" not in org.calls
