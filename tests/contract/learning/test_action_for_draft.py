"""Which action a draft is made of: what a person is asked, and what each answer does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from analysis.typed_command import Asked
from diag.console import Console
from diag.errors import UsageError
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action, ActionConfig
from diag.learning_dialog.action_for_draft import choose_action, demand_no_draft, why_not
from diag.sandbox.faults.fault import Fault
from tests.support.learning import QUICK, SLOW, IntoTheSandbox, LearningOrg, org_text
from tests.support.sandbox_in_process import InProcessSandbox
from tests.support.typed_answers import press_ctrl_c, type_in

GETS = tuple(f"Get {number:02}" for number in range(1, 23))
_OTHERS = "".join(
    f'[[action]]\nname = "{name}"\nintegration = "{where}"\ncategory = "Test"\n'
    'latency = { model = "fixed", at_ms = 5 }\n'
    for name, where in (*((name, "CRM") for name in GETS), ("Twice", "CRM"), ("Twice", "ERP"))
)


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LearningOrg]:
    """Two GETs, a POST, 22 GETs more, and two actions of one name."""
    folder = tmp_path_factory.mktemp("org")
    erp = '[[integration]]\nname = "ERP"\n'
    (folder / "org.toml").write_text(org_text() + erp + _OTHERS)
    with InProcessSandbox(folder / "org.toml") as box:
        yield LearningOrg(box, folder, IntoTheSandbox(box))


@pytest.fixture
def client(org: LearningOrg) -> Iterator[GenesysClient]:
    with org.client() as client:
        yield client


def picked(client: GenesysClient, monkeypatch: pytest.MonkeyPatch, typed: str) -> Action:
    type_in(monkeypatch, typed)
    return choose_action(Console(), client, "", Asked())


def test_gets_are_listed_by_number_and_the_number_picks_one(
    client: GenesysClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert picked(client, monkeypatch, "2\n").name == QUICK

    question, *listed, more, prompt = capsys.readouterr().err.splitlines()
    assert question.startswith("Which action may a draft be made of?")
    assert listed[:3] == ["   1  Slow  (5 s)", "   2  Quick  (10 s)", "   3  Get 01  (60 s)"]
    assert "Writes" not in "".join(listed)
    assert len(listed) == 20 and more == "  and 6 more: name one behind --learn"
    assert prompt == "Its number (1 to 20), or nothing to stop: "
    assert picked(client, monkeypatch, " 20 \n").name == "Get 18"


@contextmanager
def org_of_one(folder: Path, method: str) -> Iterator[GenesysClient]:
    (folder / "org.toml").write_text(
        'description = "One action"\n[[integration]]\nname = "CRM"\n[[action]]\nname = "Only"\n'
        f'integration = "CRM"\ncategory = "Test"\nrequest_type = "{method}"\n'
        'latency = { model = "fixed", at_ms = 5 }\n'
    )
    with (
        InProcessSandbox(folder / "org.toml") as box,
        LearningOrg(box, folder, IntoTheSandbox(box)).client() as client,
    ):
        yield client


def test_few_actions_are_all_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with org_of_one(tmp_path, "GET") as client:
        assert picked(client, monkeypatch, "1\n").name == "Only"

    listed = capsys.readouterr().err.splitlines()[1:]
    assert listed == ["   1  Only  (60 s)", "Its number (1 to 1), or nothing to stop: "]


def test_where_none_is_a_get_nothing_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        org_of_one(tmp_path, "POST") as client,
        pytest.raises(UsageError, match="None of the actions") as refused,
    ):
        picked(client, monkeypatch, "1\n")

    assert refused.value.hint == "Name one: diag doctor --learn ACTION"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("typed", ["", "\n", "0\n", "21\n", "-1\n", "yes\n", "²\n", "Slow\n"])
def test_any_other_answer_and_the_end_of_the_input_do_nothing(
    client: GenesysClient, org: LearningOrg, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    before = len(org.transport.seen)
    with pytest.raises(UsageError, match="No action was chosen; nothing was done"):
        picked(client, monkeypatch, typed)

    assert {method for method, path in org.transport.seen[before:] if "/actions" in path} == {"GET"}


def test_ctrl_c_at_the_question_ends_the_command(
    client: GenesysClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    press_ctrl_c(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        choose_action(Console(), client, "", Asked())


def test_without_a_terminal_the_first_are_named(client: GenesysClient, org: LearningOrg) -> None:
    with pytest.raises(UsageError, match="there is no terminal to ask on") as refused:
        choose_action(Console(), client, "", Asked(org=("--profile", "eu")))

    assert refused.value.details == ("Possible: 'Slow', 'Quick', 'Get 01', 'Get 02', 'Get 03', ...",)
    assert refused.value.hint == "Name one: diag doctor --learn Slow --profile eu"


def test_an_action_is_named_by_its_name_or_its_id(client: GenesysClient, org: LearningOrg) -> None:
    slow = org.box.action_id(SLOW)
    assert choose_action(Console(), client, SLOW, Asked()).id == slow
    assert choose_action(Console(), client, slow, Asked()).id == slow
    with pytest.raises(UsageError, match="There is no action 'custom_-_nothing'"):
        choose_action(Console(), client, "custom_-_nothing", Asked())
    with pytest.raises(UsageError, match="2 actions are named 'Twice'") as refused:
        choose_action(Console(), client, "Twice", Asked())
    assert refused.value.hint is not None and refused.value.hint.count("custom_-_") == 2


def an_action(method: str = "GET", *, id: str = "custom_-_1", category: str | None = None) -> Action:
    config = ActionConfig.from_json({"request": {"requestType": method}})
    return Action(id, "A", None, category, 1, False, config)


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (an_action(), None),
        (an_action("get"), None),
        (an_action("POST"), "sends a POST, which may change data: only a GET is called"),
        (an_action(category="Function Data Actions"), "is a function action: its draft carries code"),
        (an_action(id="static_-_1"), "is built into Genesys Cloud"),
        (an_action(id="customAuth_-_1"), "is a custom authentication action"),
    ],
)
def test_a_draft_is_made_of_a_get_whose_timeout_can_be_set(action: Action, why: str | None) -> None:
    assert (why_not(action) or "").startswith(why or "") and (why_not(action) is None) is (why is None)


def test_a_draft_that_cannot_be_looked_for_counts_as_somebodys(
    client: GenesysClient, org: LearningOrg
) -> None:
    action = choose_action(Console(), client, QUICK, Asked())
    demand_no_draft(client, action)

    org.box.sandbox.faults.arm((Fault("status", "/draft", status=403),))
    with pytest.raises(UsageError, match="Whether Quick has an open draft could not be read"):
        demand_no_draft(client, action)
    org.box.sandbox.faults.arm(())
