"""JSONPaths against what Jayway's json-path finds.

`answers/json_path.json` holds a path, a document and what json-path 2.10.0 found in it (null: nothing, so
that the default of the translation map counts).
"""

import json
from pathlib import Path
from typing import Any

import pytest

from diag.direct.rendering.reply.json_path import PathRefusedError, compile_path
from diag.direct.rendering.reply.path_steps import MISSING, MOST_FOUND
from diag.direct.rendering.velocity.java_values import UnknownMeaningError

ANSWERS = json.loads((Path(__file__).parent / "answers" / "json_path.json").read_text(encoding="utf-8"))


def found(path: str, document: object) -> list[object] | str | None:
    """Return what the path finds in a list, None for nothing, a text where it is refused."""
    try:
        value = compile_path(path).found_in(document)
    except (PathRefusedError, UnknownMeaningError) as error:
        return str(error)
    return None if value is MISSING else [value]


def test_a_path_finds_what_jayway_finds_or_is_refused() -> None:
    rows = [(path, document, answer, found(path, document)) for path, document, answer in ANSWERS]
    told = [row for row in rows if not isinstance(row[3], str)]

    assert [row for row in told if json.dumps(row[2]) != json.dumps(row[3])] == []
    assert len(told) > len(rows) * 0.7


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("total", [5]),
        (".total", [[5, 7]]),
        ("a.total", [7]),
        ("$", None),
        ("['total']", [5]),
        ("$.total ", [5]),
    ],
)
def test_a_path_without_a_dollar_begins_as_jayway_begins_it(path: str, value: list[object] | None) -> None:
    document = {"total": 5, "a": {"total": 7}}

    assert found(path, document) == ([document] if value is None else value)


def test_a_place_beyond_a_list_is_nothing_or_an_empty_list() -> None:
    assert found("$.a[5].b", {"a": []}) is None
    assert found("$.a[5][*]", {"a": []}) == [[]], "a path that may find several"
    assert found("$.b[*]", {"a": []}) is None, "a name must be there"


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("$.a.length()", "the JSONPath function length()"),
        ("$.a[?(@.b =~ /x+/)]", "the filter operator =~"),
        ("$.a[?match(@.b, 'x+')]", "the filter function match()"),
        ("$.a[?(@.b in [1])]", "the filter operator in"),
        ("$['a','b']", "several names"),
        ("$.a[::2]", "a slice with a step"),
        ("$..[?(@.a)]", "straight behind .."),
        ("$..*.a", "..* with something behind it"),
        ("$.a | $.b", "several JSONPaths joined"),
        (" $.a", "does not begin with $. or $["),
        ("$total", "does not begin with $. or $["),
        ("@.a", "does not begin with $. or $["),
        ("$.a[", "what is not JSONPath"),
        ("$.a[?(@.b == 1e400)]", "what is not JSONPath"),
        ("$" + ".a" * 600, "more than 1,000 characters"),
        ("$.a[?(@.b == $.c)]", "something else than a field"),
        ("$.a[?(@.b[*] == 1)]", "what is not JSONPath"),
    ],
)
def test_what_dialects_read_differently_is_refused_by_name(path: str, named: str) -> None:
    with pytest.raises(PathRefusedError, match=r".*") as caught:
        compile_path(path)
    assert named in str(caught.value)


@pytest.mark.parametrize(
    ("path", "document", "why"),
    [
        ("$.a[?(@.b == '5')]", {"a": [{"b": 5}]}, "compares a number with a text"),
        ("$.a[?(@.b)]", {"a": {"b": 1}}, "a JSONPath filter on something else than a list"),
        ("$.a", None, "a reply that is null"),
        ("$..b", [{"b": 1}] * MOST_FOUND, "looks at more than"),
        ("$[*]", [1] * (MOST_FOUND + 1), "finds more than"),
    ],
)
def test_a_reply_whose_meaning_differs_is_named(path: str, document: Any, why: str) -> None:
    with pytest.raises(UnknownMeaningError, match=why):
        compile_path(path).found_in(document)
