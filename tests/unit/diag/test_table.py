"""Tables: no cell is cut, hostile text is harmless."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.table import Column, Table, column_widths, to_csv, to_markdown
from diag.table_layout import lay_out

TABLE = Table(
    columns=(Column("action"), Column("p99", "right", 2), Column("calls", "right", 3)),
    rows=(("Get Customer", "4.2 s", 1200), ("Look up order", "12 s", 99)),
)


@pytest.mark.slow
@given(st.lists(st.tuples(st.text(), st.integers() | st.none())))
def test_csv_reads_back_with_formulas_defused(rows: list[tuple[str, int | None]]) -> None:
    written = to_csv(Table((Column("a"), Column("b")), tuple(rows)))
    read = list(csv.reader(io.StringIO(written, newline="")))[1:]

    assert len(read) == len(rows)
    texts = [row[0] for row in read if row and not re.fullmatch(r"[+-]?[0-9.]+", row[0])]
    assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)


def test_markdown_cannot_be_broken_by_a_name() -> None:
    table = Table((Column("action"),), (("a | <b>x</b>\nnext",),))

    assert to_markdown(table).splitlines()[-1] == r"| a \| \<b\>x\</b\> next |"


def shown(width: int) -> list[str]:
    return [line.text for line in lay_out(TABLE, width)]


def test_what_has_no_room_as_a_column_goes_below_its_row_by_priority() -> None:
    assert shown(200)[1] == "Get Customer    4.2 s    1200"
    assert shown(26) == [
        "action            p99",
        "Get Customer    4.2 s",
        "    calls: 1200",
        "Look up order    12 s",
        "    calls: 99",
    ]


def test_a_long_name_stands_above_its_row_and_never_pushes_figures_out() -> None:
    table = Table(TABLE.columns, (("A name that is as long as the terminal", "4.2 s", 12), TABLE.rows[1]))

    assert [line.text for line in lay_out(table, 40)] == [
        "action            p99   calls",
        "A name that is as long as the terminal",
        "                4.2 s      12",
        "Look up order    12 s      99",
    ]


@given(
    st.lists(
        st.tuples(st.text(max_size=60), st.integers(0, 10**9), st.sampled_from(["ok", "raise"])), max_size=5
    ),
    st.integers(40, 100),
)
def test_every_figure_and_verdict_is_whole_at_any_width(rows: list[tuple[str, int, str]], width: int) -> None:
    columns = (Column("a"), Column("a long heading for a figure", "right", 2), Column("verdict"))
    lines = [line.text for line in lay_out(Table(columns, tuple(rows)), width)]

    words = [word for line in lines for word in line.split()]
    assert all(str(figure) in words and verdict in words for _, figure, verdict in rows)


def test_widths_fit_the_longest_cell() -> None:
    assert column_widths(TABLE) == [13, 5, 5]
