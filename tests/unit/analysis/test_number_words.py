"""How numbers read in a sentence."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.number_words import (
    at_least,
    at_most,
    duration,
    latency,
    noun,
    percent,
    plural,
    share_of_calls_text,
)
from reports.wording import numbers
from tests.support.source_files import python_files


def test_words_for_people() -> None:
    assert [at_most(ms) for ms in (0, 340, 2100, 33_900)] == ["0 ms", "340 ms", "2.1 s", "33.9 s"]
    assert [at_most(ms) for ms in (2539, 12_460, 14_123, 34_000)] == ["2.54 s", "12.5 s", "14.2 s", "34 s"]
    assert [at_least(ms) for ms in (2539, 14_660, 999, 5000)] == ["2.53 s", "14.6 s", "999 ms", "5 s"]
    assert [at_least(ms) for ms in (0.341, 7.999, 42.99, 134.9)] == [
        "0.341 ms",
        "7.99 ms",
        "42.9 ms",
        "134 ms",
    ]
    assert [duration(s) for s in (45, 5040, 90_000, 260_000)] == ["45 s", "84 min", "25 h", "3 days"]
    assert [duration(s) for s in (200, 12_000, 188_000)] == ["3 min 20 s", "3 h 20 min", "2 days 4 h"]
    assert duration(0.0) == "under 1 s"
    assert [percent(share) for share in (0.0, 0.00001, 0.0004, 0.058, 0.5)] == [
        "none", "less than 0.01 %", "0.04 %", "5.8 %", "50 %",
    ]  # fmt: skip
    assert [share_of_calls_text(p) for p in (0.99, 0.999, 0.95)] == ["99 of 100", "999 of 1,000", "95 of 100"]


@given(st.floats(1e-3, 1e9))
def test_a_bound_in_words_holds_and_a_page_says_it_in_the_same_words(ms: float) -> None:
    def value_ms(text: str) -> float:
        figure, unit = text.replace(",", "").split()
        return float(figure) * {"ms": 1.0, "s": 1000.0}[unit]

    assert value_ms(at_least(ms)) <= ms * (1 + 1e-9)
    assert value_ms(at_most(ms)) >= ms * (1 - 1e-9)
    assert (numbers.latency(ms), numbers.at_most(ms)) == (latency(ms), at_most(ms))
    assert numbers.duration(ms) == duration(ms)


def test_one_is_singular() -> None:
    assert [plural(n, "action") for n in (0, 1, 2, 3000)] == [
        "0 actions",
        "1 action",
        "2 actions",
        "3,000 actions",
    ]
    assert plural(2, "query", "queries") == "2 queries" and plural(1, "query", "queries") == "1 query"
    assert [noun(n, "was", "were") for n in (1, 2)] == ["was", "were"]


@pytest.mark.slow
def test_plurals_are_made_in_one_place() -> None:
    by_hand = re.compile(r"""['"](s|ies|)['"] if .* [!=]= 1 |if [\w().]+ == 1 else ['"](s|\w+s)?['"]""")
    assert by_hand.search("'row' if far == 1 else 'rows'") and by_hand.search("'s' if len(found) != 1 else")
    found = {
        f"{path}: {line.strip()}"
        for path in python_files()
        if path.name != "number_words.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if by_hand.search(line)
    }
    assert not found
