import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.wording.plain_text import csv_cell, markdown, printable


@given(st.text())
def test_printable_text_has_no_control_characters_and_is_legal_xml(text: str) -> None:
    clean = printable(text)

    assert not [character for character in clean if unicodedata.category(character)[0] == "C"]
    element = ElementTree.Element("t")
    element.text = clean
    ElementTree.fromstring(ElementTree.tostring(element))


def test_escape_sequences_lose_their_escape() -> None:
    assert printable("a\x1b[31mred\x07\u202eb\nc") == "a[31mredb c"


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", " =1", "\t=1", "＝1"])
def test_a_formula_is_disarmed(text: str) -> None:
    assert csv_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["-5.2", "+3", "1e-3", "Order lookup", "", "5 s"])
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert csv_cell(text) == text


def test_markdown_shows_hostile_text_literally() -> None:
    assert markdown("<b>|[x](javascript:1)` @everyone") == r"\<b\>\|\[x\](javascript:1)\` &#64;everyone"
