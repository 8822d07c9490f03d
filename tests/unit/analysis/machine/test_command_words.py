"""Words of a command: typed as the shells of a system take them, and taken apart again."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.machine.command_words import (
    joined,
    joined_for_windows,
    one_after_the_other,
    one_after_the_other_for_windows,
    taken_apart,
    taken_apart_for_windows,
)

WORDS = st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1))


@given(words=WORDS)
def test_here_they_are_words_of_a_posix_shell(words: list[str]) -> None:
    assert joined(words) == shlex.join(words)
    assert taken_apart(joined(words)) == words


@given(words=WORDS)
def test_on_windows_they_come_back_as_they_were(words: list[str]) -> None:
    assert taken_apart_for_windows(joined_for_windows(words)) == words


@given(words=st.lists(st.text("ab '‘’\"“$%\\ ", min_size=1)))
def test_on_windows_quotes_come_back_too(words: list[str]) -> None:
    assert taken_apart_for_windows(joined_for_windows(words)) == words


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("runs\\20261129T100000Z-bbb", "runs\\20261129T100000Z-bbb"),
        ("Get Account Balance", '"Get Account Balance"'),
        ("it's", '"it\'s"'),
        ("costs $(5)", "'costs $(5)'"),
        ("it's $5", "'it''s $5'"),
        ('5" pipes', "'5\" pipes'"),
        ("a,b;c|d&e", '"a,b;c|d&e"'),
        ("C:\\new folder\\", "'C:\\new folder\\'"),
        ("0.1%", "0.1%"),
        ("%PATH%", "'%PATH%'"),
    ],
)
def test_on_windows_double_quotes_stand_where_both_of_its_shells_keep_what_is_in_them(
    word: str, typed: str
) -> None:
    assert joined_for_windows([word]) == typed


def test_two_commands_are_one_line_that_every_shell_of_the_system_takes() -> None:
    """Windows brings PowerShell 5.1, which refuses `&&`."""
    plan, apply = "diag observe --out plan.json", "diag apply plan.json"

    assert one_after_the_other(plan, apply) == f"{plan} && {apply}"
    assert one_after_the_other_for_windows(plan, apply) == f"{plan}; if ($?) {{ {apply} }}"


@pytest.mark.parametrize("text", ['"open', "'open", 'a"b"', "a 'b'c"])
def test_on_windows_what_is_no_command_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no word begins"):
        taken_apart_for_windows(text)
