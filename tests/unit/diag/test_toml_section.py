"""A TOML table read key by key: what is wrong is named with its place, and what would be right."""

from collections.abc import Callable
from typing import Any

import pytest

from diag.errors import UsageError
from diag.toml_section import TomlSection


def section(**values: object) -> TomlSection:
    return TomlSection(values, "w.toml", UsageError)


@pytest.mark.parametrize(
    ("read", "message", "hint"),
    [
        (lambda part: part.number("rate"), "w.toml: rate is missing.", None),
        (lambda part: part.number("on"), "w.toml: on is True.", "on must be a number."),
        (lambda part: part.number("n", above=4), "w.toml: n is 4.", "n must be a number above 4."),
        (lambda part: part.share("n"), "w.toml: n is 4.", "n must be a number from 0 to 1."),
        (lambda part: part.integer("n", high=3), "w.toml: n is 4.", "n must be a whole number up to 3."),
        (lambda part: part.text("n"), "w.toml: n is 4.", "n must be a text in quotes."),
        (lambda part: part.text("s", choices=("a", "b")), "w.toml: s is 'x'.", "s must be one of: a, b."),
        (lambda part: part.texts("n"), "w.toml: n is 4.", "n must be a text or a list of texts."),
        (lambda part: part.texts("s", choices=("a",)), "w.toml: s has 'x'.", "s must be of: a."),
        (lambda part: part.flag("n"), "w.toml: n is 4.", "n must be true or false."),
        (lambda part: part.table("n"), "w.toml: n is 4.", "n must be a table: [n]."),
        (lambda part: part.tables("n"), "w.toml: n is not a list of tables.", "Write [[n]]."),
        (lambda part: part.done(part.has("nn")), "w.toml has an unknown setting 'n'.", "Did you mean nn?"),
        (
            lambda part: part.tables("many", "name")[0].number("x"),
            "w.toml, many 'first': x is missing.",
            None,
        ),
        (lambda part: part.tables("many", "name")[1].flag("y"), "w.toml, [[many]] 2: y is 1.", None),
    ],
)
def test_a_mistake_is_named_with_its_place(
    read: Callable[[TomlSection], Any], message: str, hint: str | None
) -> None:
    part = section(n=4, s="x", on=True, many=[{"name": "first"}, {"y": 1}])

    with pytest.raises(UsageError) as caught:
        read(part)

    assert caught.value.message == message
    assert hint is None or caught.value.hint == hint


def test_a_default_stands_in_for_a_missing_key_only() -> None:
    part = section(n=0)
    assert (part.number("n", 5.0), part.number("m", 5.0), part.integer("m", None)) == (0.0, 5.0, None)
    assert (part.text("s", "a"), part.texts("s"), part.table("t"), part.tables("t")) == ("a", (), None, ())
    assert part.done("read") == "read"
