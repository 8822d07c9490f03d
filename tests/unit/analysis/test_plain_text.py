"""One cleaner for every text of unknown origin, and one rule for a CSV cell, JSON and Markdown."""

import csv
import io
import json
import re
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.plain_text import csv_cell, is_printable, json_text, markdown, printable, printable_lines

ROOT = Path(__file__).resolve().parents[3]
ANY_TEXT = st.text(st.characters())


@given(ANY_TEXT)
def test_printable_text_is_one_line_without_control_characters_and_legal_xml(text: str) -> None:
    clean = printable(text)

    without_joiners = re.sub("(?<=[^ -~])[\u200c\u200d](?=[^ -~])", "", clean)
    assert not [character for character in without_joiners if unicodedata.category(character)[0] == "C"]
    assert len(clean.splitlines()) <= 1
    assert printable(clean) == clean
    element = ElementTree.Element("t")
    element.text = clean
    ElementTree.fromstring(ElementTree.tostring(element))


def test_what_moves_a_cursor_or_is_not_seen_is_replaced_and_all_else_stays() -> None:
    assert printable("a\x1b[31mred\x07\u202eb\nc\x9b\x7f") == "a�[31mred��b c��"
    unseen = "\u200b\u200d\ufeff\u2066\u00ad\u3164\u034f\U000e0041\ud800\ue000\uffff"
    assert printable(unseen) == "�" * len(unseen)
    seen = "Straße\N{NO-BREAK SPACE}顧客\N{IDEOGRAPHIC SPACE}❤\ufe0f é e\u0301 שלום"
    assert printable(seen) == seen
    assert is_printable(seen)
    assert not is_printable("a\tb")


def test_a_joiner_stays_where_a_name_needs_it() -> None:
    for name in ("می\u200cخواهم", "क्\u200dष", "👩\u200d💻", "🏳\ufe0f\u200d🌈"):
        assert printable(name) == name
    assert printable("a\u200db \u200d顧 é\u200cé") == "a�b �顧 é�é"


def test_lines_stay_lines_and_end_as_they_did() -> None:
    assert printable_lines("a\x1b\r\nb\rc\n\n") == "a�\r\nb c\n\n"


@given(st.dictionaries(ANY_TEXT, ANY_TEXT), st.sampled_from([None, 1]), st.booleans())
def test_json_is_exact_and_can_be_printed(value: dict[str, str], indent: int | None, readable: bool) -> None:
    text = json_text(value, indent=indent, readable=readable)

    assert json.loads(text) == value
    assert all(map(is_printable, text.split("\n")))


def test_readable_json_keeps_letters() -> None:
    assert json_text("Straße\x7f\u202e\U000e0041", readable=True) == '"Straße\\u007f\\u202e\\udb40\\udc41"'


@pytest.mark.parametrize(
    "text",
    ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", " =1", "\t=1", "\r\n@x", "＝1", "＋1", "－1", "＠x"],
)
def test_a_formula_is_disarmed(text: str) -> None:
    assert csv_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["-5.2", "+3", "1e-3", "Order lookup", "", "5 s"])
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert csv_cell(text) == text


@given(st.lists(ANY_TEXT, min_size=1))
def test_csv_cells_read_back_one_row(cells: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out).writerow([csv_cell(cell) for cell in cells])

    assert len(out.getvalue().splitlines()) <= 1 or cells == [""]


def test_markdown_shows_hostile_text_literally() -> None:
    assert markdown("<b>|[x](javascript:1)` @everyone") == r"\<b\>\|\[x\](javascript:1)\` &#64;everyone"


@pytest.mark.slow
def test_there_is_no_second_cleaner() -> None:
    tools = (".isprintable(", "unicodedata.category", "_FORMULA")
    files = [
        file
        for house in ("analysis", "diag", "loadtests", "reports")
        for file in (ROOT / house).rglob("*.py")
    ]

    found = {file.name for file in files if any(tool in file.read_text(encoding="utf-8") for tool in tools)}
    assert found == {"plain_text.py"}
