"""Reading an export of the Data Actions performance view: columns by their names, an unknown layout refused.

Four of its headings are known (docs/genesys-api.md, "Analytics"); those of the others are not, so each is
looked for in the forms that it may have, and what was found is said.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.format.input_file import InputFile
from analysis.other_tools.delimiter_and_header import layout_of
from analysis.plain_text import printable
from diag.errors import UsageError
from diag.exported_view.durations import Decimal, Unit, durations_ms, whole_numbers

_NAMES: Final = ("dataaction", "dataactionname", "action", "actionname", "name")
_P95: Final = ("95duration", "p95duration", "duration95", "95thpercentileduration")
_P99: Final = ("99duration", "p99duration", "duration99", "99thpercentileduration")
_VOLUME: Final = ("volumeratelimiterrors",)
_CONCURRENCY: Final = ("concurrencyratelimiterrors",)
_UNITS: Final = re.compile(
    r"[\(\[](?:ms|s|sec|seconds|milliseconds|hh:mm:ss)[\)\]]|_(?:ms|s)$", re.IGNORECASE
)
_MOST_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True)
class ExportedAction:
    """One action of the export: percentiles in ms, refused executions; None where a cell is empty."""

    name: str
    p95_ms: float | None
    p99_ms: float | None
    volume_errors: int | None
    concurrency_errors: int | None

    @property
    def rate_limit_errors(self) -> int:
        """Return how many executions a rate limit refused."""
        return (self.volume_errors or 0) + (self.concurrency_errors or 0)


def read_view(
    path: Path, unit: Unit | None = None, decimal: Decimal | None = None
) -> tuple[ExportedAction, ...]:
    """Return the actions of an export. Raises UsageError, with what was found, for any other file."""
    hint = "Export the Data Actions performance view as CSV, with its headings."
    text = InputFile(path, UsageError, hint).text()
    rows = _rows(text, path)
    if not rows:
        raise UsageError(f"{path} is empty.", hint=hint)
    headings, body = rows[0], [row for row in rows[1:] if any(cell.strip() for cell in row)]
    columns = _columns(headings, path)
    cells = {what: [row[at] if at < len(row) else "" for row in body] for what, at in columns.items()}
    empty = [""] * len(body)
    p95, p99 = (
        durations_ms(cells.get(what, empty), _heading(headings, columns, what), unit, decimal)
        for what in ("p95", "p99")
    )
    volume, concurrency = (
        whole_numbers(cells.get(what, empty), _heading(headings, columns, what), decimal)
        for what in ("volume", "concurrency")
    )
    return tuple(
        ExportedAction(name.strip(), of_95, of_99, by_volume, by_concurrency)
        for name, of_95, of_99, by_volume, by_concurrency in zip(
            cells["name"], p95, p99, volume, concurrency, strict=True
        )
        if name.strip()
    )


def _rows(text: str, path: Path) -> list[list[str]]:
    delimiter = layout_of(text[:10_000]).delimiter
    try:
        lines = (f"{line}\n" for line in text.split("\n"))
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error as error:
        raise UsageError(f"{path} is not a CSV file ({error}).") from None
    if len(rows) > _MOST_ROWS:
        raise UsageError(f"{path} has more than {_MOST_ROWS:,} rows.")
    return rows


def _columns(headings: Sequence[str], path: Path) -> dict[str, int]:
    """Which column holds what. Raises UsageError where the action or every percentile is missing."""
    plain = [re.sub(r"[^a-z0-9]", "", _UNITS.sub("", heading.strip()).lower()) for heading in headings]
    found: dict[str, int] = {}
    for what, names in (
        ("name", _NAMES),
        ("p95", _P95),
        ("p99", _P99),
        ("volume", _VOLUME),
        ("concurrency", _CONCURRENCY),
    ):
        at = next((plain.index(name) for name in names if name in plain), None)
        if at is not None:
            found[what] = at
    missing = [said for what, said in (("name", "the action's name"),) if what not in found]
    if not {"p95", "p99"} & found.keys():
        missing.append('"95% Duration" or "99% Duration"')
    if missing:
        shown = ", ".join(repr(printable(heading.strip())[:40]) for heading in headings[:30])
        raise UsageError(
            f"{path} has no column for {' and '.join(missing)}.",
            hint="Export the Data Actions performance view with these columns, headings in English.",
            details=(f"Its columns are: {shown}",),
        )
    return found


def _heading(headings: Sequence[str], columns: Mapping[str, int], what: str) -> str:
    at = columns.get(what)
    return "" if at is None else headings[at].strip()
