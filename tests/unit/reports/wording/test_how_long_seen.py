"""How long an action was seen: one name for it, in words, wherever it stands."""

from dataclasses import replace
from typing import Any

import pytest

from analysis.verdicts.recommendation import Recommendation, Verdict
from reports.wording.how_long_seen import OF_GRADE, seen_for

BASE = Recommendation("a", "A", Verdict.LOWER, "lower", grade="C", span_s=33.0, measured_s=33.0)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "33 s: too short to lower"),
        ({"grade": "B", "span_s": 5040.0, "measured_s": 5040.0}, "84 min"),
        ({"grade": "A", "span_s": 604_800.0, "measured_s": 604_800.0}, "7 days"),
        ({"grade": "B", "span_s": 86_400.0, "measured_s": 480.0}, "8 min spread over 24 h"),
        ({"grade": "A", "span_s": 86_400.0, "measured_s": 0.0}, "moments spread over 24 h"),
        ({"measured_s": None}, "33 s: too short to lower"),
        ({"grade": None}, "–"),
    ],
)
def test_it_is_said_in_words(values: dict[str, Any], words: str) -> None:
    assert seen_for(replace(BASE, **values)) == words


def test_no_grade_is_a_word() -> None:
    assert not any(word in ("A", "B", "C") for text in OF_GRADE.values() for word in text.split())
