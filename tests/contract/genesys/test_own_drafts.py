"""A probe deletes the draft it made, and no other: against the real sandbox, over HTTP."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.format.run_folder import RunFolder
from diag.doctor.left_drafts import check_drafts, recorded_drafts, remove_draft
from diag.genesys import drafts
from diag.genesys.api_errors import ApiError, NotFoundError
from diag.genesys.client import GenesysClient
from diag.genesys.http.pacing import RateBucket
from diag.target import sandbox_connection
from diag.workload.payloads_from_contract import EMPTY
from loadtests.planning.plan import ActionLoad
from loadtests.planning.probe_drafts import ProbeDrafts
from tests.support.many_actions import many_actions
from tests.support.sandbox_control import arm
from tests.support.sandbox_process import start_sandbox


@pytest.fixture(autouse=True)
def quick_fingerprints(monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes guessing cost time costs a test its own."""
    monkeypatch.setattr(drafts, "_ROUNDS", 1)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GenesysClient]:
    with (
        start_sandbox(scenario=many_actions(tmp_path_factory.mktemp("scenario"), 30)) as sandbox,
        GenesysClient(sandbox_connection(sandbox.base_url), bucket=RateBucket(10**6)) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def action_ids(client: GenesysClient) -> Iterator[str]:
    """Ids that no other test of the module uses."""
    return iter(sorted(action.id for action in client.list_actions()))


@pytest.fixture
def action_id(action_ids: Iterator[str]) -> str:
    return next(action_ids)


@pytest.fixture
def probe(client: GenesysClient, action_id: str, tmp_path: Path) -> ProbeDrafts:
    """A probe whose draft is open."""
    folder = tmp_path / "runs" / "20260101T000000Z-abc"
    folder.mkdir(parents=True)
    probe = ProbeDrafts(RunFolder(folder), client, client.connection.api_base)
    probe.open([ActionLoad(action_id, "Action 0000", 5, 1.0, (EMPTY,))])
    assert client.read_draft(action_id).action.timeout_s == 60
    return probe


def edited(client: GenesysClient, action_id: str) -> None:
    client.patch_draft_timeout(client.read_draft(action_id), 60)


def opened_again(client: GenesysClient, action_id: str) -> None:
    client.delete_draft(action_id)
    client.create_draft(action_id)


def opened_again_with_the_probes_timeout(client: GenesysClient, action_id: str) -> None:
    opened_again(client, action_id)
    edited(client, action_id)


def test_the_draft_of_a_probe_is_deleted_at_its_end(
    client: GenesysClient, action_id: str, probe: ProbeDrafts
) -> None:
    assert probe.close() == ()
    with pytest.raises(NotFoundError):
        client.read_draft(action_id)


def test_doctor_deletes_the_draft_of_a_killed_probe(
    client: GenesysClient, action_id: str, probe: ProbeDrafts, tmp_path: Path
) -> None:
    (left,) = recorded_drafts(tmp_path / "runs", client.connection.api_base)
    assert left.created_by_diag
    assert remove_draft(client, left)
    with pytest.raises(NotFoundError):
        client.read_draft(action_id)
    assert recorded_drafts(tmp_path / "runs", client.connection.api_base) == ()


@pytest.mark.parametrize("meddle", [edited, opened_again, opened_again_with_the_probes_timeout])
def test_a_draft_of_someone_else_is_left(
    client: GenesysClient,
    action_id: str,
    probe: ProbeDrafts,
    tmp_path: Path,
    meddle: Callable[[GenesysClient, str], None],
) -> None:
    meddle(client, action_id)
    theirs = client.read_draft(action_id)

    (line,) = probe.close()
    (left,) = recorded_drafts(tmp_path / "runs", client.connection.api_base)
    removed = remove_draft(client, left)

    assert "someone may have opened or edited it" in line
    assert not removed
    assert client.read_draft(action_id) == theirs


def test_a_record_without_fingerprints_proves_nothing(
    client: GenesysClient, action_id: str, tmp_path: Path
) -> None:
    client.create_draft(action_id)
    record = tmp_path / "runs" / "r" / "drafts.json"
    record.parent.mkdir(parents=True)
    entry = {"action_id": action_id, "action_name": "A", "state": "open"}
    body = {"format_version": 1, "api_base": client.connection.api_base, "drafts": [entry]}
    record.write_text(json.dumps(body))
    (left,) = recorded_drafts(tmp_path / "runs", client.connection.api_base)

    assert not remove_draft(client, left)
    assert client.read_draft(action_id).action.version == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "page", "method": "DELETE"},
        {"kind": "empty", "method": "DELETE"},
        {"kind": "html", "status": 404, "method": "DELETE"},
        {"kind": "html", "status": 404, "method": "GET"},
        {"kind": "html", "status": 404},
    ],
)
def test_a_draft_that_a_proxy_calls_gone_is_not_forgotten(
    client: GenesysClient,
    action_id: str,
    probe: ProbeDrafts,
    tmp_path: Path,
    fault: dict[str, Any],
) -> None:
    arm(client.connection.api_base, {**fault, "path": "/draft"})
    (line,) = probe.close()
    *_, check = check_drafts(client, tmp_path / "runs")
    arm(client.connection.api_base)

    assert "Action 0000" in line and "could not be deleted" in line
    assert check.status != "ok"
    (left,) = recorded_drafts(tmp_path / "runs", client.connection.api_base)
    assert client.get_draft(action_id) is not None
    assert remove_draft(client, left)


def test_a_draft_that_was_made_twice_is_not_forgotten(
    client: GenesysClient, action_id: str, tmp_path: Path
) -> None:
    """A proxy repeats the request: the first copy makes the draft, the second is refused."""
    folder = tmp_path / "runs" / "20260101T000000Z-abc"
    folder.mkdir(parents=True)
    probe = ProbeDrafts(RunFolder(folder), client, client.connection.api_base)
    arm(client.connection.api_base, {"kind": "doubled", "method": "POST", "path": "/draft$"})

    with pytest.raises(ApiError):
        probe.open([ActionLoad(action_id, "Action 0000", 5, 1.0, (EMPTY,))])
    arm(client.connection.api_base)

    (line,) = probe.close()
    assert "it is unknown whether its draft was made" in line
    (left,) = recorded_drafts(tmp_path / "runs", client.connection.api_base)
    assert not left.created_by_diag
