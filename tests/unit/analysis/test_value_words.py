"""A value is named by its kind: what it holds is never said."""

import pytest

from analysis.value_words import kind_of_value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (True, "true or false"),
        (0, "a number"),
        (1.5, "a number"),
        ("canary", "text of 6 characters"),
        (["canary", 1], "a list of 2"),
        ({"canary": 1}, "a table of values"),
    ],
)
def test_a_value_is_named_by_its_kind_and_size(value: object, words: str) -> None:
    assert kind_of_value(value) == words
