"""Picking actions: what is shown of each, and what each answer means."""

from collections.abc import Iterator
from typing import Any

import pytest

from diag.console import Console
from diag.genesys.data_action import Action, ActionConfig
from diag.interaction.pick_actions import MOST_SHOWN, OfferedAction, pick


class Typing(Console):
    """Types these answers, one a question; then the input ends."""

    def __init__(self, *answers: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._answers: Iterator[str] = iter(answers)

    def note(self, text: str = "", **_: Any) -> None:
        self.said.append(text)

    def ask(self, question: str) -> str | None:
        return next(self._answers, None)


def action(name: str, method: str | None = "GET") -> Action:
    config = None if method is None else ActionConfig.from_json({"request": {"requestType": method}})
    return Action(f"id-{name}", name, None, "Test", 1, False, config)


def contract(**properties: object) -> dict[str, Any]:
    return {"input": {"inputSchema": {"type": "object", "properties": properties}}}


OFFERED = (
    OfferedAction(action("Seldom"), 0.3, contract()),
    OfferedAction(action("Often", "POST"), 1234.4, contract(id={"type": "string"}, at={"type": "string"})),
    OfferedAction(action("Never", None), 0.0, contract(kind={"enum": ["a", "b"]})),
    OfferedAction(action("Unknown")),
)


def picked(*answers: str) -> list[str]:
    return [one.action.name for one in pick(Typing(*answers), OFFERED)]


def test_each_is_shown_with_its_use_its_effect_and_its_inputs() -> None:
    console = Typing("none")
    pick(console, OFFERED)

    assert console.said[1:] == [
        "  1  Often    1,234 calls a day; may change data (POST); 2 inputs to fill in",
        "  2  Seldom   under 1 call a day; reads (GET); no input",
        "  3  Never    not called last week; may change data (request not known); 1 input that the contract "
        "lists",
        "  4  Unknown  use not known; reads (GET); inputs not known",
    ]


@pytest.mark.parametrize(
    ("answers", "names"),
    [
        (["1,3-4"], ["Often", "Never", "Unknown"]),
        (["all"], ["Often", "Seldom", "Never", "Unknown"]),
        ([""], ["Often", "Seldom", "Never", "Unknown"]),
        (["none"], []),
        ([], []),  # Ctrl-D
        (["/LDOM", "all"], ["Seldom"]),
        (["/never", "2"], ["Seldom"]),  # numbers stay what they were
        (["/never", "/", ""], ["Often", "Seldom", "Never", "Unknown"]),
        (["/nothing", "", "3"], ["Never"]),
        (["5", "what?", "0-1", "1"], ["Often"]),
    ],
)
def test_an_answer_is_numbers_all_none_or_a_filter(answers: list[str], names: list[str]) -> None:
    assert picked(*answers) == names


def test_a_long_list_is_cut_and_what_is_not_shown_can_be_found_and_taken() -> None:
    many = [OfferedAction(action(f"Action {number:03}")) for number in range(MOST_SHOWN + 5)]
    console = Typing("/action 044", "all")

    assert [one.action.name for one in pick(console, many)] == ["Action 044"]
    assert "  and 5 more, which /TEXT finds and all takes" in console.said
    assert console.said[-1].startswith("  45  Action 044  ")


def test_no_name_moves_the_cursor() -> None:
    console = Typing("none")
    pick(console, [OfferedAction(action("a\x1b[2Jb\nc"), 1.0)])

    assert "\x1b" not in console.said[1] and "\n" not in console.said[1]
