"""Creating: the journal is right whatever happens to the reply."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from diag.changes.applying.apply_context import Operator
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import Author, latest_by_entry, unfinished
from diag.changes.plans.plan import OrgIdentity
from diag.clocks.wall_clock import WallClock
from diag.definitions.action_to_create import action_to_create
from diag.definitions.create import create
from diag.definitions.definition import definition_from
from diag.definitions.definition_errors import AmbiguousTargetError
from diag.genesys.api_errors import (
    ApiError,
    NetworkError,
    PermissionMissingError,
    PlatformError,
    RateLimitedError,
    RefusedRequestError,
    StaleVersionError,
    UnexpectedReplyError,
)
from diag.genesys.data_action import Action
from diag.genesys.replies.json_reply import JsonObject
from tests.unit.definitions.test_definition import CRM, EXPORT

ORG = OrgIdentity("o1", "Acme", "h")
CREATION = action_to_create(definition_from(EXPORT, "f"), [CRM], cap_s=30)


class FakeOrg:
    """Keeps what is created; `fault` is raised before or after the effect."""

    def __init__(self, fault: ApiError | None = None, *, effect: bool = True, blind: bool = False) -> None:
        self.actions: list[Action] = []
        self.fault, self.effect, self.blind = fault, effect, blind
        self.posts = 0

    def actions_named(self, name: str, *, draft: bool = False) -> tuple[Action, ...]:
        if self.blind and self.posts:
            raise PlatformError("down", status=503)
        return () if draft else tuple(action for action in self.actions if action.name == name)

    def create_action(self, body: JsonObject, *, draft: bool = False) -> Action:
        self.posts += 1
        action = Action("new-1", str(body["name"]), "i1", None, 1, False, correlation_id="c-1")
        if self.fault is None or self.effect:
            self.actions.append(action)
        if self.fault is not None:
            raise self.fault
        return action


@pytest.fixture
def run(tmp_path: Path) -> Callable[[FakeOrg], str]:
    ticks = itertools.count(1000.0)

    def go(org: FakeOrg) -> str:
        journal = Journal(tmp_path / "journal.jsonl")
        author = Author("client", "apply-1")
        made = create(
            org,
            CREATION,
            journal,
            Operator(ORG, author),
            draft=False,
            clock=WallClock(lambda: next(ticks), lambda seconds: None),
        )
        return made.action.id

    return go


def journal_of(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


def test_created_and_journalled_before_and_after(tmp_path: Path, run: Callable[[FakeOrg], str]) -> None:
    assert run(FakeOrg()) == "new-1"
    intent, result = journal_of(tmp_path).read()
    assert (intent.phase, intent.origin, intent.after_timeout_s) == ("intent", "register", 30)
    assert (result.outcome, result.action_id, result.version_after) == ("created", "new-1", 1)
    assert result.correlation_ids == ("c-1",)
    assert "crm.example" not in (tmp_path / "journal.jsonl").read_text()


@pytest.mark.parametrize(
    "fault",
    [
        PlatformError("x", status=503),
        NetworkError("lost"),
        UnexpectedReplyError("cut short"),
        RefusedRequestError("slow", status=408),
        StaleVersionError("the second copy of a doubled request", status=409),
        RateLimitedError("the second copy of a doubled request", status=429),
    ],
)
def test_a_lost_reply_is_looked_up_not_repeated(
    run: Callable[[FakeOrg], str], tmp_path: Path, fault: ApiError
) -> None:
    org = FakeOrg(fault)
    assert run(org) == "new-1" and org.posts == 1
    assert unfinished(journal_of(tmp_path).read()) == []


def test_a_rate_limit_is_waited_for_and_the_creation_sent_again(run: Callable[[FakeOrg], str]) -> None:
    class Limited(FakeOrg):
        def create_action(self, body: JsonObject, *, draft: bool = False) -> Action:
            if self.posts == 2:
                self.fault = None
            return super().create_action(body, draft=draft)

    org = Limited(RateLimitedError("x", status=429, retry_after_s=3), effect=False)
    assert (run(org), org.posts, len(org.actions)) == ("new-1", 3, 1)


@pytest.mark.parametrize(
    ("org", "open_entries"),
    [
        (FakeOrg(PermissionMissingError("no", status=403), effect=False), 0),
        (FakeOrg(NetworkError("refused", sent=False), effect=False), 0),
        (FakeOrg(PlatformError("x", status=503), effect=False), 1),
        (FakeOrg(PlatformError("x", status=503), blind=True), 1),
    ],
)
def test_a_creation_whose_effect_is_unknown_stays_open_in_the_journal(
    run: Callable[[FakeOrg], str], tmp_path: Path, org: FakeOrg, open_entries: int
) -> None:
    with pytest.raises(ApiError):
        run(org)
    records = journal_of(tmp_path).read()
    assert len(unfinished(records)) == open_entries
    if not open_entries:
        assert [record.outcome for record in latest_by_entry(records).values()] == ["failed"]


def test_a_taken_name_is_refused_before_anything_is_written(
    run: Callable[[FakeOrg], str], tmp_path: Path
) -> None:
    org = FakeOrg()
    run(org)
    with pytest.raises(AmbiguousTargetError, match="already"):
        run(org)
    assert org.posts == 1 and len(journal_of(tmp_path).read()) == 2
