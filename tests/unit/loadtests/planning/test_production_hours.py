"""What a run knows of production's hours, and whether it knows that it does not."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analysis.coverage.week_of_hours import stated_week
from analysis.format.action_facts import ActionFacts
from diag.choice.choose_actions import Candidate
from diag.choice.turns_file import Turn, WindowOrder
from diag.genesys.api_errors import NetworkError
from diag.genesys.client import GenesysClient
from diag.production.org_to_ask import OrgToAsk
from loadtests.planning.production_hours import folders_of_runs, hours_not_read, production_hours

NIGHTS = stated_week(["01:00-05:00"], "UTC")
NOW = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)


def candidates(stated: bool = False) -> Sequence[Candidate]:
    """Two actions, of which the workload may state the hours of the first."""
    one, other = (
        SimpleNamespace(action=SimpleNamespace(id=name), entry=SimpleNamespace(production_week=week))
        for name, week in (("a", NIGHTS if stated else None), ("b", None))
    )
    return cast(Sequence[Candidate], (one, other))


def org(answer: dict[str, dict[float, int]] | None) -> OrgToAsk:
    """One that gives this answer; None: it does not answer."""

    def hourly_executions(*_: Any) -> dict[str, dict[float, int]]:
        if answer is None:
            raise NetworkError("no answer")
        return answer

    client = SimpleNamespace(hourly_executions=hourly_executions, connection=SimpleNamespace(host="h"))
    return OrgToAsk(cast(GenesysClient, client), "org", "UTC", NOW, ())


@pytest.mark.parametrize(("answer", "read"), [({}, True), ({"b": {NOW.timestamp(): 3}}, True), (None, False)])
@pytest.mark.parametrize("stated", [False, True])
def test_an_org_that_does_not_answer_is_told_from_actions_that_are_seldom_called(
    answer: dict[str, dict[float, int]] | None, read: bool, stated: bool
) -> None:
    found = production_hours(candidates(stated), None, org(answer))

    assert (found.known, found.read) == ({"a": NIGHTS} if stated else {}, read)


def window(weeks: dict[str, Any] | None) -> WindowOrder:
    return WindowOrder((Turn("a", 1, 1.0, True),), 5.0, weeks)


def test_a_window_asks_only_where_the_campaign_could_not() -> None:
    silent = org(None)

    assert production_hours(candidates(), window({}), silent).read is True
    assert production_hours(candidates(), window({"b": NIGHTS}), silent).known == {"b": NIGHTS}
    assert production_hours(candidates(), window(None), silent).read is False
    assert production_hours(candidates(), window(None), org({})).read is True
    assert production_hours(candidates(stated=True), window(None), None).read is None  # a dry run


def test_a_manifest_notes_what_could_not_be_read_once() -> None:
    (note,) = hours_not_read(
        [ActionFacts("a", production_read=False), ActionFacts("b", production_read=False)]
    )

    assert note.startswith("when production calls could not be read")
    assert hours_not_read([ActionFacts("a", production_read=True), ActionFacts("b")]) == ()


def test_runs_lie_in_their_folder_and_beside_the_campaign_of_a_window(tmp_path: Path) -> None:
    turns = tmp_path / "mine" / "tune" / "windows" / "w1" / "turns.json"

    assert folders_of_runs(tmp_path / "runs", turns) == [tmp_path / "runs", (tmp_path / "mine").resolve()]
    assert folders_of_runs(None, tmp_path / "turns.json") == []
    assert folders_of_runs(None, None) == []
