"""Payloads from a file: JSON Lines (one input map a line) or CSV (a column an input, a row a map)."""

import csv
import json
from pathlib import Path
from typing import Any, Final

from diag.errors import UsageError
from diag.workload.payload import Payload
from diag.workload.payloads import payload

MOST: Final = 60_000
"""Labels are 16-bit codes in the record (analysis.format.call_record)."""


def read_payloads(path: Path) -> list[Payload]:
    """Return the payloads of a .jsonl or .csv file, labelled `<file name>:<line>`.

    CSV cells that are JSON numbers, true, false or null are sent as such, all else as text; an empty cell
    leaves its input out. Raises UsageError that says the line, and never quotes a value.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The payload file {path} cannot be read ({type(error).__name__}).") from None
    if path.suffix == ".csv":
        payloads = _of_csv(text, path)
    elif path.suffix in (".jsonl", ".ndjson"):
        payloads = _of_json_lines(text, path)
    else:
        raise UsageError(f"{path}: payload files are .jsonl or .csv.", hint="Rename it, or convert it.")
    if not payloads:
        raise UsageError(f"{path} holds no payload.")
    if len(payloads) > MOST:
        raise UsageError(f"{path} holds {len(payloads)} payloads.", hint=f"Keep at most {MOST}.")
    return payloads


def _of_json_lines(text: str, path: Path) -> list[Payload]:
    payloads = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except ValueError:
            values = None
        if not isinstance(values, dict):
            raise UsageError(
                f"{path}, line {number} is not a JSON object.", hint='One line, one input map: {"id": "1"}'
            )
        payloads.append(payload(f"{path.name}:{number}", values))
    return payloads


def _of_csv(text: str, path: Path) -> list[Payload]:
    rows = csv.DictReader(text.splitlines())
    payloads = []
    for row in rows:
        if None in row or None in row.values():
            raise UsageError(
                f"{path}, line {rows.line_num} has a different number of columns than the header."
            )
        values = {name: _cell(cell) for name, cell in row.items() if cell != ""}
        payloads.append(payload(f"{path.name}:{rows.line_num}", values))
    return payloads


def _cell(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    # "007" is no JSON number and stays text; "1e5" and "NaN" would change what the user wrote.
    return (
        value if isinstance(value, bool | int | None) or (isinstance(value, float) and "." in text) else text
    )
