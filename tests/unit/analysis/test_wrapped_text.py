"""Wrapping: between words, never between a number and its unit, nothing lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.wrapped_text import columns_of, shortened, wrapped
from diag.errors import error_text

WORD = st.sampled_from(["Get", "a-long-hyphenated-name", "p99", "data", "->", "(at", "most", "顧客検索", "é"])
FIGURE = st.builds(
    lambda number, unit: f"{number}{unit}",
    st.sampled_from(["1.78", "3,940", "12", "0.25"]),
    st.sampled_from([" s", " ms", " %", " calls", " min"]),
)


@given(st.lists(WORD | FIGURE, min_size=1, max_size=30), st.integers(40, 100), st.integers(0, 6))
def test_every_number_keeps_its_unit_and_no_word_is_lost(words: list[str], width: int, indent: int) -> None:
    text = " " * indent + " ".join(words)
    lines = wrapped(text, width).split("\n")

    assert " ".join(" ".join(lines).split()) == " ".join(text.split())
    assert all(columns_of(line) <= width for line in lines)
    for figure in words:
        if figure[0].isdigit():
            assert any(figure in line for line in lines)
    assert not any(re.search(r"\d$", line) and line.rstrip()[-3:] != "p99" for line in lines)


def test_a_line_goes_on_under_its_text() -> None:
    text = "      data    p99 3.94 s (at most 4.1 s), 1,234 calls, 5 timed out"

    assert wrapped(text, 42).split("\n") == [
        "      data    p99 3.94 s (at most 4.1 s),",
        "              1,234 calls, 5 timed out",
    ]


@pytest.mark.parametrize("width", [60, 80])
def test_a_command_at_the_end_can_be_copied(width: int) -> None:
    command = "diag recommend runs/2026-11-28-120000-abcdef --percentile 0.99 --apply"
    lines = wrapped(f"Nothing was changed. To set the timeouts: {command}", width).split("\n")

    assert lines == ["Nothing was changed. To set the timeouts:", f"    {command}"]
    before_a_remark = f"Nothing was changed. To set the timeouts: {command} (--force to set it all the same)"
    assert f"    {command}" in wrapped(before_a_remark, width).split("\n")


def test_an_error_is_broken_between_words_and_its_details_are_left_as_they_are() -> None:
    paste = 'inputs = { accountId = "..." } # a line to paste that is longer than the terminal is wide'
    text = error_text("The action took 3.94 s, which is more.", "Give it another 12 s or so.", (paste,), 24)

    assert text.split("\n") == [
        "Error: The action took",
        "    3.94 s, which is",
        "    more.",
        f"│ {paste}",
        "│ Fix: Give it another",
        "│     12 s or so.",
    ]


@pytest.mark.slow
@given(st.text(st.sampled_from("ab顧é"), max_size=30), st.integers(0, 30))
def test_a_shortened_name_fits_and_says_that_it_was_longer(name: str, width: int) -> None:
    shown = shortened(name, width)

    assert columns_of(shown) <= width
    assert shown == name or shown.endswith("…") or width == 0
