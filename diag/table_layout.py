"""A table in lines of a terminal's width: no cell is cut; what has no room as a column goes below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from analysis.wrapped_text import columns_of, glued, wrapped
from diag.table import Cell, Column, Table, column_widths, to_text

GAP: Final = 3
INDENT: Final = "    "
UNKNOWN: Final = "–"
_LONG_TEXT: Final = 0.4
"""Share of the width from which a text stands in a line of its own, where the table is too wide."""
_SHORT_TEXT: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line: cells side by side, padded; `kind` says which."""

    kind: Literal["heading", "row", "text"]
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the line as plain text."""
        return "".join(self.cells).rstrip()


def lay_out(table: Table, width: int | None, *, gap: int = GAP) -> tuple[Line, ...]:
    """Return the lines of a table at most `width` columns wide; None: as wide as it is.

    Columns of least priority go below first, the last first; the first column stays. Of a table that is too
    wide, a long first cell stands above its row, and a long text in another column goes below alone. A line
    is wider than `width` only where a single word is.
    """
    whole = column_widths(table)
    if width is None:
        width = sum(whole) + gap * len(whole)
    longest = max(int(width * _LONG_TEXT), _SHORT_TEXT)
    if _fits(whole, range(len(whole)), width, gap):
        longest = width
    short = Table(table.columns, tuple(_without_long(table.columns, row, longest) for row in table.rows))
    widths = column_widths(short)
    kept = columns_that_fit(table.columns, widths, width, gap=gap)
    lines = [_side_by_side("heading", [table.columns[i].heading for i in kept], table, kept, widths, gap)]
    for row, beside in zip(table.rows, short.rows, strict=True):
        name = to_text(row[0])
        if name and not to_text(beside[0]):
            lines += [Line("text", (part,)) for part in wrapped(name, width).split("\n")]
        cells = [to_text(beside[i]) for i in kept]
        if any(cells):
            lines.append(_side_by_side("row", cells, table, kept, widths, gap))
        below = [i for i in range(1, len(row)) if i not in kept or to_text(row[i]) != to_text(beside[i])]
        lines += [Line("text", (part,)) for part in _below(table.columns, row, below, width)]
    return tuple(lines)


def _without_long(columns: Sequence[Column], row: Sequence[Cell], longest: int) -> tuple[Cell, ...]:
    return tuple(
        "" if column.align == "left" and columns_of(to_text(cell)) > longest else cell
        for column, cell in zip(columns, row, strict=True)
    )


def columns_that_fit(
    columns: Sequence[Column], widths: Sequence[int], width: int, *, gap: int = GAP
) -> list[int]:
    """Return the places of the columns that stand side by side in `width`; the first is always among them.

    `widths`: what each column needs (`diag.table.column_widths`).
    """
    kept = list(range(len(columns)))
    while len(kept) > 1 and not _fits(widths, kept, width, gap):
        kept.remove(max(kept[1:], key=lambda i: (columns[i].priority, i)))
    return kept


def _fits(widths: Sequence[int], kept: Sequence[int], width: int, gap: int) -> bool:
    return sum(widths[i] for i in kept) + gap * (len(kept) - 1) <= width


def _side_by_side(
    kind: Literal["heading", "row"],
    cells: Sequence[str],
    table: Table,
    kept: Sequence[int],
    widths: Sequence[int],
    gap: int,
) -> Line:
    padded = []
    for index, cell in zip(kept, cells, strict=True):
        space = " " * (widths[index] - columns_of(cell))
        padded += [space + cell if table.columns[index].align == "right" else cell + space, " " * gap]
    return Line(kind, tuple(padded[:-1]))


def _below(columns: Sequence[Column], row: Sequence[Cell], below: Sequence[int], width: int) -> list[str]:
    """What has no column, each with its heading; a pair is broken only where it is longer than a line."""
    parts = [
        f"{columns[i].heading}: {to_text(row[i])}" for i in below if to_text(row[i]) not in ("", UNKNOWN)
    ]
    if not parts:
        return []
    room = width - 2 * len(INDENT) - 2
    text = " · ".join(glued(part) if columns_of(part) <= room else part for part in parts)
    return wrapped(INDENT + text.replace(" · ", f"{glued(' ·')} "), width).split("\n")
