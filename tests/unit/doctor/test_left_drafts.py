import json
from pathlib import Path

import httpx
import pytest
import respx

from diag.doctor.left_drafts import check_drafts, recorded_drafts, remove_draft
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action
from diag.genesys.drafts import draft_fingerprint
from diag.genesys.full_config import FullConfig
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from tests.support.genesys.respx_org import NOT_FOUND

BASE = "https://api.mypurecloud.com"
DRAFT = f"{BASE}/api/v2/integrations/actions/a1/draft"


ENTITY = {
    "id": "a1",
    "name": "Get",
    "version": 3,
    "config": {
        "timeoutSeconds": 60,
        "request": {"requestType": "GET", "requestUrlTemplate": "https://crm/"},
        "response": {},
    },
}


def note(runs: Path, state: str, api_base: str = BASE) -> Path:
    path = runs / "20260101T000000Z-abc" / "drafts.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    made = draft_fingerprint(FullConfig(Action.from_json(ENTITY, "a test"), None, None), "ab")
    entry = {"action_id": "a1", "action_name": "Get", "state": state, "salt": "ab", "fingerprints": [made]}
    path.write_text(json.dumps({"format_version": 1, "api_base": api_base, "drafts": [entry]}))
    return path


@pytest.fixture
def client() -> GenesysClient:
    return GenesysClient(Connection.to(region="us-east-1", access_token=Secret("t")))


def test_a_draft_left_by_a_killed_probe_is_found_and_removed(
    tmp_path: Path, client: GenesysClient, respx_mock: respx.MockRouter
) -> None:
    path = note(tmp_path, "open")
    there = httpx.Response(200, json=ENTITY)
    opened = respx_mock.get(DRAFT).mock(side_effect=[there, there, httpx.Response(404, json=NOT_FOUND)])
    respx_mock.get(url__regex=f"{DRAFT}/templates/.*").respond(404, json=NOT_FOUND)
    deleted = respx_mock.delete(DRAFT).respond(204)
    (check,) = check_drafts(client, tmp_path)
    assert check.status == "warning" and "Get" in check.text and check.fix == "diag doctor --remove-drafts"
    (left,) = recorded_drafts(tmp_path, BASE)
    assert left.created_by_diag
    assert remove_draft(client, left)
    assert deleted.call_count == 1
    assert json.loads(path.read_text())["drafts"][0]["state"] == "deleted"
    assert [check.status for check in check_drafts(client, tmp_path)] == ["ok"]
    assert opened.call_count == 3  # to find it, to know it again, and to see it gone


@pytest.mark.parametrize("field", ["name", "version", "category", "secure"])
def test_a_draft_that_is_not_what_the_probe_made_is_left(
    tmp_path: Path, client: GenesysClient, respx_mock: respx.MockRouter, field: str
) -> None:
    path = note(tmp_path, "open")
    theirs = {"name": "Theirs", "version": 4, "category": "CRM", "secure": True}[field]
    respx_mock.get(DRAFT).respond(json={**ENTITY, field: theirs})
    respx_mock.get(url__regex=f"{DRAFT}/templates/.*").respond(404, json=NOT_FOUND)
    (left,) = recorded_drafts(tmp_path, BASE)
    assert not remove_draft(client, left)
    assert json.loads(path.read_text())["drafts"][0]["state"] == "open"


def test_a_draft_that_is_gone_is_noted(
    tmp_path: Path, client: GenesysClient, respx_mock: respx.MockRouter
) -> None:
    note(tmp_path, "opening")
    respx_mock.get(DRAFT).respond(404, json=NOT_FOUND)
    assert [check.status for check in check_drafts(client, tmp_path)] == ["ok"]
    assert recorded_drafts(tmp_path, BASE) == ()


def test_a_record_of_drafts_by_a_newer_diag_is_named_and_not_read(
    tmp_path: Path, client: GenesysClient
) -> None:
    path = note(tmp_path, "open")
    path.write_text(path.read_text().replace('"format_version": 1', '"format_version": 2'))

    (check,) = check_drafts(client, tmp_path)

    assert recorded_drafts(tmp_path, BASE) == ()
    assert check.status == "warning" and "drafts.json has format_version 2, this diag reads 1." in check.text


def test_drafts_of_another_org_and_damaged_notes_are_passed_over(tmp_path: Path) -> None:
    note(tmp_path, "open", api_base="https://api.mypurecloud.ie")
    assert recorded_drafts(tmp_path, BASE) == ()
    note(tmp_path, "opening").write_text("{half")
    assert recorded_drafts(tmp_path, BASE) == ()
    note(tmp_path, "opening")
    assert [left.created_by_diag for left in recorded_drafts(tmp_path, BASE)] == [False]


def test_no_leftovers_names_the_folder_that_was_searched(tmp_path: Path, client: GenesysClient) -> None:
    note(tmp_path / "elsewhere", "open")
    (check,) = check_drafts(client, tmp_path / "runs")
    assert check.status == "ok" and f"none recorded below {tmp_path / 'runs'}; " in check.text
    assert "DIAG_RUNS=FOLDER diag doctor" in check.text
