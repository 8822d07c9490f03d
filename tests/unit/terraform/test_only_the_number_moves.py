"""Whatever a file looks like, an edit moves the number and nothing else; another reader of HCL agrees."""

import json
from pathlib import Path
from typing import Any

import hcl2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.editing.edited_file import edit_of, edited
from diag.terraform.ownership.places import TimeoutPlace
from diag.terraform.resource_type import RESOURCE_TYPE, TIMEOUT
from diag.terraform.syntax.expressions import Number, PlainText
from diag.terraform.syntax.hcl_body import read_hcl
from diag.terraform.syntax.source import SourceText
from diag.terraform.syntax.trouble import SyntaxTrouble
from diag.terraform.syntax.words import scan
from tests.support.examples import examples
from tests.support.random_hcl import RandomFile, hcl_files


def source_of(text: str) -> SourceText:
    return SourceText(Path("main.tf"), "main.tf", text)


def places_in(source: SourceText) -> dict[str, TimeoutPlace]:
    """Where each action's timeout stands, by its label."""
    body, _ = read_hcl(source)
    found = {}
    for block in body.blocks("resource", 2):
        (argument,) = block.body.all_named(TIMEOUT)
        value = argument.expression
        assert isinstance(value, Number | PlainText)
        quote = isinstance(value, PlainText)
        found[block.labels[1]] = TimeoutPlace(
            source, value.start + quote, value.end - quote, int(float(value.value))
        )
    return found


@pytest.mark.slow
@given(file=hcl_files(), number=st.integers(1, 60), every=st.booleans())
def test_the_words_of_the_number_are_found_and_only_they_change(
    file: RandomFile, number: int, every: bool
) -> None:
    source = source_of(file.text)
    places = places_in(source)

    assert [(label, one.start, one.end) for label, one in places.items()] == list(file.timeouts)

    chosen = list(places.values())[: None if every else 1]
    after = edited(source, tuple(edit_of(place, number) for place in chosen)).after
    expected, at = "", 0
    for place in chosen:
        expected += file.text[at : place.start] + str(number)
        at = place.end
    assert after == expected + file.text[at:]
    assert after.encode().startswith(b"\xef\xbb\xbf") == file.text.startswith("\ufeff")


@pytest.mark.slow
@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.too_slow])
@given(file=hcl_files(further_names=()), number=st.integers(1, 60))
def test_another_reader_of_hcl_sees_only_that_number_change(file: RandomFile, number: int) -> None:
    source = source_of(file.text)
    after = edited(source, tuple(edit_of(one, number) for one in places_in(source).values())).after

    before_read, after_read = as_read(file.text), as_read(after)

    for resource in before_read["resource"]:
        for action in resource[f'"{RESOURCE_TYPE}"'].values():
            was = action[TIMEOUT]
            action[TIMEOUT] = f'"{number}"' if isinstance(was, str) else number
    assert json.dumps(after_read) == json.dumps(before_read)


def as_read(text: str) -> dict[str, Any]:
    # It takes no byte order mark, and of comments it keeps a place.
    return hcl2.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))


@given(text=st.text(alphabet='ab={}[]()"$%\\#/*<-\n\r .,5é', max_size=60))
def test_any_text_is_read_whole_or_refused_with_a_place(text: str) -> None:
    try:
        scanned = scan(text)
    except SyntaxTrouble as trouble:
        assert 0 <= trouble.offset <= len(text)
        return
    at = 0
    for word in scanned.words:
        between = text[at : word.start]
        assert not between.strip() or between.lstrip()[0] in "#/", (
            "only white space and comments are left out"
        )
        at = word.end
    assert all(scanned.partner[one] == at for at, one in enumerate(scanned.partner) if one >= 0)


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\n}",
        "a {",
        'a = "',
        'a = "\n"',
        "a = <<EOT\nEOT",
        "a = /* ",
        "a {} b {}",
        "a = ",
        "= 5",
        "a\rb = 5",
        "a b = 5",
        'a "${b}" {}',
        "a = [5)",
        "a = ${b}",
        "a = 'b'",
    ],
)
def test_what_terraform_does_not_read_is_not_read_here(text: str) -> None:
    with pytest.raises(SyntaxTrouble):
        read_hcl(source_of(text))


def test_brackets_nested_a_thousand_deep_end_the_reading_where_they_stand() -> None:
    assert len(scan("a = " + "[" * 1000 + "]" * 1000).words) == 2002
    with pytest.raises(SyntaxTrouble, match="nested too deep") as trouble:
        scan("a = " + "[" * 200_000)
    assert trouble.value.offset == 1004


def test_an_edit_that_would_change_more_is_refused() -> None:
    source = source_of("a = 5\n")

    with pytest.raises(Uncertain, match="more than the timeout"):
        edited(source, (edit_of(TimeoutPlace(source, 0, 5, 5), 8),))
