"""The turns of a window: what the campaign writes, the load reads; anything else is one sentence."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import UnreadableSamplesError
from diag.choice.turns_file import Turn, read_turns, write_turns


def test_turns_are_read_as_they_were_written(tmp_path: Path) -> None:
    turns = (Turn("b", 4, 0.5, True), Turn("a", 12, 1 / 12, False))
    write_turns(tmp_path / "turns.json", turns)

    assert read_turns(tmp_path / "turns.json") == turns


def one(version: int, turn: str) -> str:
    return f'{{"format_version": {version}, "turns": [{turn}]}}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"format_version": 1, "turns": []}',
        one(2, '{"action_id": "a", "calls": 1, "rate": 1, "every_call_counts": true}'),
        one(1, '{"action_id": "a", "calls": 0, "rate": 1, "every_call_counts": true}'),
        one(1, '{"action_id": "a", "calls": 1, "rate": 0, "every_call_counts": true}'),
        one(1, '{"action_id": "a", "calls": 1, "rate": -1, "every_call_counts": true}'),
        one(1, '{"action_id": 7, "calls": 1, "rate": 1, "every_call_counts": true}'),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "turns.json").write_text(text)

    with pytest.raises(UnreadableSamplesError, match=r"turns\.json"):
        read_turns(tmp_path / "turns.json")


@given(cut=st.integers(0, 200))
def test_no_part_of_a_file_is_taken_for_one(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("turns") / "turns.json"
    write_turns(path, [Turn("a", 1, 1.0, True)])
    text = path.read_text().rstrip()
    path.write_text(text[: min(cut, len(text) - 1)])

    with pytest.raises(UnreadableSamplesError):
        read_turns(path)
