import json
from pathlib import Path
from typing import Any

import pytest

from analysis.format.run_folder import RunFolder
from diag.genesys.api_errors import ApiError, UnexpectedReplyError
from diag.genesys.data_action import Action
from diag.genesys.drafts import DraftMarks, draft_fingerprint, with_timeout
from diag.genesys.full_config import FullConfig
from diag.workload.payloads_from_contract import EMPTY
from loadtests.planning.plan import ActionLoad
from loadtests.planning.probe_drafts import ProbeDrafts
from tests.support.changes.fake_org import full_config

ACTIONS = [ActionLoad(f"a-{n}", f"Action {n}", 60, 1.0, (EMPTY,)) for n in (1, 2)]


class Org:
    """A client with drafts in memory, which refuses to create the ones it is told to.

    `despite`: drafts that are there all the same; `stuck`: the timeout a draft keeps, whatever is written.
    """

    def __init__(
        self,
        refused: dict[str, ApiError] | None = None,
        *,
        despite: tuple[str, ...] = (),
        stuck: int | None = None,
    ) -> None:
        self.refused = refused or {}
        self.stuck = stuck
        self.drafts = {action_id: full_config(action_id, 5) for action_id in despite}
        self.deleted: list[str] = []
        self.timeouts: list[int] = []

    def create_draft(self, action_id: str) -> None:
        if action_id in self.refused:
            raise self.refused[action_id]
        self.drafts[action_id] = full_config(action_id, 5)

    def get_draft(self, action_id: str) -> Action | None:
        draft = self.drafts.get(action_id)
        return draft.action if draft is not None else None

    def read_draft(self, action_id: str) -> FullConfig:
        return self.drafts[action_id]

    def patch_draft_timeout(self, full: FullConfig, timeout_s: int) -> Action:
        self.timeouts.append(timeout_s)
        self.drafts[full.action.id] = with_timeout(full, self.stuck or timeout_s)
        return self.drafts[full.action.id].action

    def delete_own_draft(self, action_id: str, marks: DraftMarks) -> bool:
        assert draft_fingerprint(self.read_draft(action_id), marks.salt) in marks.fingerprints
        self.deleted.append(action_id)
        return True


def states(folder: Path) -> dict[str, str]:
    body: dict[str, Any] = json.loads((folder / "drafts.json").read_text())
    return {draft["action_id"]: draft["state"] for draft in body["drafts"]}


def probe(folder: Path, org: Org) -> ProbeDrafts:
    return ProbeDrafts(RunFolder(folder), org, "http://127.0.0.1:1")  # type: ignore[arg-type]  # a stand-in


def test_drafts_get_the_longest_timeout_and_are_deleted(tmp_path: Path) -> None:
    org = Org()
    drafts = probe(tmp_path, org)
    drafts.open(ACTIONS)

    assert states(tmp_path) == {"a-1": "open", "a-2": "open"}
    assert org.timeouts == [60, 60]
    assert drafts.close() == ()
    assert org.deleted == ["a-1", "a-2"]
    assert states(tmp_path) == {"a-1": "deleted", "a-2": "deleted"}


def test_a_draft_somebody_opened_meanwhile_is_never_deleted(tmp_path: Path) -> None:
    org = Org({"a-2": ApiError("there is one already", status=409)})
    drafts = probe(tmp_path, org)
    with pytest.raises(ApiError):
        drafts.open(ACTIONS)

    assert drafts.close() == ()
    assert org.deleted == ["a-1"]
    assert states(tmp_path) == {"a-1": "deleted"}


def test_a_draft_that_is_there_although_it_was_refused_is_left_to_a_person(tmp_path: Path) -> None:
    """A proxy that repeats requests: the first copy made the draft, the second one is answered."""
    org = Org({"a-2": ApiError("there is one already", status=409)}, despite=("a-2",))
    drafts = probe(tmp_path, org)
    with pytest.raises(ApiError):
        drafts.open(ACTIONS)

    (line,) = drafts.close()
    assert "Action 2" in line and "unknown" in line
    assert org.deleted == ["a-1"]
    assert states(tmp_path)["a-2"] == "opening"


def test_a_draft_that_does_not_show_the_longest_timeout_is_not_measured(tmp_path: Path) -> None:
    """Calls cut off at 20 s would count as cut off at 60 s."""
    with pytest.raises(UnexpectedReplyError, match="20 s at version 8"):
        probe(tmp_path, Org(stuck=20)).open(ACTIONS)


def test_a_draft_of_unknown_fate_is_left_to_a_person(tmp_path: Path) -> None:
    org = Org({"a-2": ApiError("no reply", status=None)})
    drafts = probe(tmp_path, org)
    with pytest.raises(ApiError):
        drafts.open(ACTIONS)

    (line,) = drafts.close()
    assert "Action 2" in line
    assert org.deleted == ["a-1"]
    assert states(tmp_path)["a-2"] == "opening"
