"""A table as data, and its plain forms: CSV, Markdown, JSON rows. The console draws the text form."""

import csv
import io
from dataclasses import dataclass
from typing import Literal

from analysis.plain_text import csv_cell, markdown, printable
from analysis.wrapped_text import columns_of

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, side, and `priority` (1 stays longest when the terminal is narrow)."""

    heading: str
    align: Literal["left", "right"] = "left"
    priority: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; None is an empty cell."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def to_text(cell: Cell) -> str:
    """Return a cell as people read it."""
    if cell is None:
        return ""
    return f"{cell:.3g}" if isinstance(cell, float) else printable(str(cell))


def to_csv(table: Table) -> str:
    """Return the table as CSV; no text in it is run as a formula by a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.heading for column in table.columns])
    writer.writerows(
        [[csv_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in table.rows]
    )
    return out.getvalue()


def to_markdown(table: Table) -> str:
    """Return the table as a Markdown table; every text in it is shown literally."""
    lines = [
        "| " + " | ".join(column.heading for column in table.columns) + " |",
        "| " + " | ".join("---:" if c.align == "right" else "---" for c in table.columns) + " |",
    ]
    lines.extend("| " + " | ".join(markdown(to_text(cell)) for cell in row) + " |" for row in table.rows)
    return "\n".join(lines) + "\n"


def in_form(table: Table, form: str) -> str | None:
    """Return the table as `form` asks for, "csv" or "md"; None for any other form."""
    return to_csv(table) if form == "csv" else to_markdown(table) if form == "md" else None


def column_widths(table: Table) -> list[int]:
    """Return the width each column needs, in columns of a terminal."""
    return [
        max([columns_of(column.heading), *(columns_of(to_text(row[index])) for row in table.rows)])
        for index, column in enumerate(table.columns)
    ]
