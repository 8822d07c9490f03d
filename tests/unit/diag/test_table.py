"""Tables: no cell is cut, hostile text is harmless."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from diag.table import Column, Table, clean, column_widths, fit, to_csv, to_markdown

TABLE = Table(
    columns=(Column("action"), Column("p99", "right", 2), Column("calls", "right", 3)),
    rows=(("Get Customer", "4.2 s", 1200), ("Look up order", "12 s", 99)),
)


@given(st.text())
def test_cleaned_text_holds_no_control_character(text: str) -> None:
    assert all(character.isprintable() for character in clean(text))


@given(st.lists(st.tuples(st.text(), st.integers() | st.none())))
def test_csv_reads_back_with_formulas_defused(rows: list[tuple[str, int | None]]) -> None:
    written = to_csv(Table((Column("a"), Column("b")), tuple(rows)))
    read = list(csv.reader(io.StringIO(written, newline="")))[1:]

    assert len(read) == len(rows)
    assert not any(row[0].startswith(("=", "+", "-", "@")) for row in read if row)


def test_markdown_cannot_be_broken_by_a_name() -> None:
    table = Table((Column("action"),), (("a | <b>x</b>\nnext",),))

    assert to_markdown(table).splitlines()[-1] == "| a \\| &lt;b&gt;x&lt;/b&gt;�next |"


def test_narrow_terminals_lose_columns_by_priority_never_characters() -> None:
    narrow = fit(TABLE, 26)

    assert [column.heading for column in narrow.columns] == ["action", "p99"]
    assert narrow.rows[0] == ("Get Customer", "4.2 s")
    assert fit(TABLE, 5).columns == (Column("action"),)
    assert fit(TABLE, 200) == TABLE


def test_widths_fit_the_longest_cell() -> None:
    assert column_widths(TABLE) == [13, 5, 5]
