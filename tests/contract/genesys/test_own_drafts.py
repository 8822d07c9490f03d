"""A probe deletes the draft it made, and no other: against the real sandbox, over HTTP."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis.format.run_folder import RunFolder
from diag.checkup.leftovers import recorded_drafts, remove_draft
from diag.genesys.client import GenesysClient
from diag.genesys.errors import NotFoundError
from diag.genesys.http.pacing import RateBucket
from diag.target import sandbox_connection
from diag.workload.make_payloads import EMPTY
from loadtests.planning.plan import ActionLoad
from loadtests.planning.probe_drafts import ProbeDrafts
from tests.support.many_actions import many_actions
from tests.support.sandbox_process import start_sandbox


@pytest.fixture
def client(tmp_path: Path) -> Iterator[GenesysClient]:
    with (
        start_sandbox(scenario=many_actions(tmp_path, 1)) as sandbox,
        GenesysClient(sandbox_connection(sandbox.base_url), bucket=RateBucket(10**6)) as made,
    ):
        yield made


@pytest.fixture
def action_id(client: GenesysClient) -> str:
    return client.list_actions()[0].id


@pytest.fixture
def probe(client: GenesysClient, action_id: str, tmp_path: Path) -> ProbeDrafts:
    """A probe whose draft is open."""
    folder = tmp_path / "runs" / "20260101T000000Z-abc"
    folder.mkdir(parents=True)
    drafts = ProbeDrafts(RunFolder(folder), client, client.connection.api_base)
    drafts.open([ActionLoad(action_id, "Action 0000", 5, 1.0, (EMPTY,))])
    assert client.read_draft(action_id).action.timeout_s == 60
    return drafts


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
