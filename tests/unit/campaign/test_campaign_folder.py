"""What a campaign keeps in its folder: read again as it was written; damaged or foreign, it is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.coverage.week_of_hours import stated_week
from diag.campaign.folder import CampaignFolder
from diag.choice.turns_file import TURNS_FILE, read_order
from diag.errors import UsageError
from tests.support.campaigns import (
    BEGAN_AT,
    FakeOutside,
)
from tests.support.driven_campaigns import PLAN, begun, go_on


def test_when_production_calls_is_kept_and_each_window_is_told_of_its_own_actions(tmp_path: Path) -> None:
    weeks = {"orders": stated_week(["01:00-05:00"], "UTC"), "other": stated_week(["09:00-10:00"], "UTC")}
    outside = FakeOutside(most=1)
    go_on(tmp_path, outside, replace(PLAN, production_weeks=weeks))
    kept = begun(tmp_path).saved()
    (window,) = begun(tmp_path).windows()
    order = read_order(window.path / TURNS_FILE)

    assert kept is not None and kept.campaign is not None and kept.campaign.production_weeks == weeks
    assert order.production_weeks == {"orders": weeks["orders"]}
    assert order.may_call_until == PLAN.until


def test_a_campaign_that_did_not_keep_when_production_calls_still_opens(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    body = json.loads(folder.campaign.read_text())
    del body["campaign"]["production_weeks"]
    folder.campaign.write_text(json.dumps(body))
    kept = folder.saved()

    assert kept is not None and kept.campaign is not None and kept.campaign.production_weeks is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "campaign.json"),
        ("[]", "is not a campaign of diag tune"),
        ('{"kind": "diag plan"}', "is not a campaign of diag tune"),
        ('{"kind": "diag campaign", "format_version": 9}', "has format_version 9, this diag reads 1"),
        ('{"kind": "diag campaign", "format_version": 1}', "is damaged"),
    ],
)
def test_a_damaged_or_foreign_campaign_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    folder = CampaignFolder(tmp_path)
    folder.campaign.write_text(text)

    with pytest.raises(UsageError, match=says):
        folder.saved()


@pytest.mark.parametrize(
    "forged",
    [
        {"until": BEGAN_AT - 1.0},
        {"until": BEGAN_AT + 1e9},
        {"windows": 0},
        {"actions": []},
        {"hours": {"spans": [[0, 60]], "days": [0], "zone": "../etc"}},
        {"hours": {"spans": [[0, 60]], "days": [9], "zone": "UTC"}},
        {"budget": {"calls_per_s": 0, "in_flight": 10}},
        {"production_weeks": {"orders": {"zone": "UTC", "calls": [1.0], "known_from": "telemetry"}}},
        {"production_weeks": {"orders": {"zone": "../etc", "calls": [1.0] * 168, "known_from": "stated"}}},
        {"production_weeks": []},
    ],
)
def test_a_forged_campaign_is_refused(tmp_path: Path, forged: dict[str, object]) -> None:
    folder = begun(tmp_path)
    body = json.loads(folder.campaign.read_text())
    body["campaign"].update(forged)
    folder.campaign.write_text(json.dumps(body))

    with pytest.raises(UsageError, match="is damaged"):
        folder.saved()


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(UsageError, match=r"holds something else \(notes\.txt\)"):
        CampaignFolder(tmp_path).saved()


def test_a_folder_that_a_kill_left_before_anything_was_decided_is_used(tmp_path: Path) -> None:
    (tmp_path / ".campaign.json.17.tmp").write_text("{")
    (tmp_path / "production.json").write_text("{}")

    assert CampaignFolder(tmp_path).saved() is None


def test_only_one_process_at_a_time_holds_a_folder(tmp_path: Path) -> None:
    folder = CampaignFolder(tmp_path / "new")

    assert folder.lock() is not None
    assert folder.lock() is None


def test_a_lost_or_damaged_slot_is_decided_anew(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    (folder.path / "slot.json").write_text('{"number": "one"}')

    assert folder.slot() is None
    assert go_on(tmp_path, FakeOutside(most=1)).why == "interrupted"
