"""The turns of a window: what the campaign writes, the load reads; anything else is one sentence."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.analysis_errors import UnreadableSamplesError
from analysis.coverage.week_of_hours import stated_week
from analysis.format.action_facts import ProductionWeek
from diag.choice.turns_file import Turn, WindowOrder, order_for, read_order, write_order

GOOD = '{"action_id": "a", "calls": 1, "rate": 1, "every_call_counts": true}'
NIGHTS = stated_week(["23:00-05:00"], "Europe/Berlin")


@pytest.mark.parametrize("weeks", [None, {}, {"a": NIGHTS}])
def test_an_order_is_read_as_it_was_written(tmp_path: Path, weeks: dict[str, ProductionWeek] | None) -> None:
    order = WindowOrder((Turn("b", 4, 0.5, True), Turn("a", 12, 1 / 12, False)), 1_795_300_000.25, weeks)
    write_order(tmp_path / "turns.json", order)

    assert read_order(tmp_path / "turns.json") == order


def test_an_order_holds_what_is_known_of_its_own_actions_only() -> None:
    turns = (Turn("b", 4, 0.5, True),)

    assert order_for(turns, 5.0, None).production_weeks is None
    assert order_for(turns, 5.0, {"a": NIGHTS}).production_weeks == {}
    assert order_for(turns, 5.0, {"a": NIGHTS, "b": NIGHTS}).production_weeks == {"b": NIGHTS}


def one(version: int, turn: str, more: str = '"may_call_until": 5') -> str:
    return f'{{"format_version": {version}, "turns": [{turn}], {more}}}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        one(1, ""),
        one(2, GOOD),
        one(1, '{"action_id": "a", "calls": 0, "rate": 1, "every_call_counts": true}'),
        one(1, '{"action_id": "a", "calls": 1, "rate": 0, "every_call_counts": true}'),
        one(1, '{"action_id": "a", "calls": 1, "rate": -1, "every_call_counts": true}'),
        one(1, '{"action_id": 7, "calls": 1, "rate": 1, "every_call_counts": true}'),
        one(1, GOOD, '"more": 1'),
        one(1, GOOD, '"may_call_until": "later"'),
        one(1, GOOD, '"may_call_until": 5, "production_weeks": {"a": {"zone": "UTC", "calls": [1]}}'),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "turns.json").write_text(text)

    with pytest.raises(UnreadableSamplesError, match=r"turns\.json"):
        read_order(tmp_path / "turns.json")


@given(cut=st.integers(0, 200))
def test_no_part_of_a_file_is_taken_for_one(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("turns") / "turns.json"
    write_order(path, WindowOrder((Turn("a", 1, 1.0, True),), 5.0))
    text = path.read_text().rstrip()
    path.write_text(text[: min(cut, len(text) - 1)])

    with pytest.raises(UnreadableSamplesError):
        read_order(path)
