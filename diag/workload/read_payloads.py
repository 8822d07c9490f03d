"""Payloads from a file: JSON Lines (one input map a line) or CSV (a column an input, a row a map)."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from analysis.format.input_file import InputFile
from analysis.format.json_within_limits import UnfitJsonError, parse_json, parse_object
from analysis.format.sample_schema import InputOrigin
from diag.errors import UsageError
from diag.workload.payload import Payload

MOST: Final = 60_000
"""Labels are 16-bit codes in the record (analysis.format.call_record)."""
_FORM: Final = (
    "CSV: line 1 names the inputs, each further line is one call. JSON Lines: one input map a line."
)


def read_payloads(path: Path) -> list[Payload]:
    """Return the payloads of a .jsonl or .csv file, labelled `<file name>:<line>`.

    CSV cells stay text here: which type each has is the contract's to say (fit_to_contract); an empty cell
    leaves its input out. Raises UsageError that says the line, and never quotes a value.
    """
    text = _text_of(path)
    if path.suffix == ".csv":
        payloads = _of_csv(text, path)
    elif path.suffix in (".jsonl", ".ndjson"):
        payloads = _of_json_lines(text, path)
    else:
        raise UsageError(f"{path}: payload files are .jsonl or .csv.", hint="Rename it, or convert it.")
    if not payloads:
        raise UsageError(f"{path} holds no payload.", hint=_FORM)
    if len(payloads) > MOST:
        raise UsageError(f"{path} holds {len(payloads)} payloads.", hint=f"Keep at most {MOST}.")
    return payloads


def _of_json_lines(text: str, path: Path) -> list[Payload]:
    payloads = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = parse_object(line)
        except UnfitJsonError as error:
            raise UsageError(
                f"{path}, line {number} {error}.", hint='One line, one input map: {"id": "1"}'
            ) from None
        payloads.append(Payload.of(f"{path.name}:{number}", values, InputOrigin.FILE))
    return payloads


def _text_of(path: Path) -> str:
    raw = InputFile(path, UsageError, "Name a payload file: .csv or .jsonl, at most 64 MiB.").read()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UsageError(
            f"{path} is in UTF-16 (Excel calls it Unicode text).", hint="Save it as 'CSV UTF-8'."
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}, line {line} is not UTF-8.", hint="Save it as 'CSV UTF-8'.") from None


def _of_csv(text: str, path: Path) -> list[Payload]:
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    payloads = []
    try:
        header = rows.fieldnames or ()
        _check_header(header, path)
        for row in rows:
            if None in row or None in row.values():
                raise UsageError(
                    f"{path}, line {rows.line_num} has a different number of columns than the header.",
                    hint="A value that holds a separator goes in quotes.",
                )
            values = {name: cell for name, cell in row.items() if cell != ""}
            label = f"{path.name}:{rows.line_num}"
            payloads.append(Payload.of(label, values, InputOrigin.FILE, cells=True))
    except csv.Error as error:
        line = max(1, rows.line_num)
        raise UsageError(f"{path}, line {line} is not CSV: {error}.", hint=_FORM) from None
    return payloads


def _delimiter(text: str) -> str:
    """Return what separates the names of the header: Excel writes semicolons where the comma is decimal."""
    header = text.partition("\n")[0]
    return max(",;\t|", key=header.count)


def _check_header(names: Sequence[str], path: Path) -> None:
    empty = [str(place) for place, name in enumerate(names, start=1) if not name.strip()]
    if empty:
        raise UsageError(
            f"{path}: column {empty[0]} of the header has no name.", hint="Line 1 names the inputs."
        )
    double = next((name for name in names if list(names).count(name) > 1), None)
    if double is not None:
        raise UsageError(f"{path}: two columns are named {double!r}.", hint="Keep one of them.")


def guessed_value(text: str) -> Any:
    """Return a cell as JSON where it is a number, true, false or null as written; else as text.

    Only for actions without an input schema.
    """
    try:
        value = parse_json(text)
    except UnfitJsonError:
        return text
    # "007" is no JSON number and stays text; "1e5" and "NaN" would change what the user wrote.
    return (
        value if isinstance(value, bool | int | None) or (isinstance(value, float) and "." in text) else text
    )
