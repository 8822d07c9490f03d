"""A file of JSON lines as batches of rows; a line that is no JSON is counted."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pandas as pd

from analysis.format.json_within_limits import parse_line
from analysis.other_tools.decoded_text import lines_of
from analysis.other_tools.delimiter_and_header import BATCH_ROWS
from analysis.other_tools.reading import Reading

NOT_A_LINE: Final = "not a line of JSON"

Row = dict[str, object]


def line_batches(
    reading: Reading, row_of: Callable[[Mapping[str, Any]], Row | None], having: str = ""
) -> Iterator[pd.DataFrame]:
    """Yield what `row_of` makes of each line, batch by batch; None: the line is of something else.

    Lines without the text `having` are of something else, too, and are not parsed.
    """
    rows = list[Row]()
    with reading.opened() as text:
        for line in lines_of(text, reading.damaged):
            if having not in line:
                continue
            parsed = parse_line(line)
            if parsed is None:
                reading.left_out[NOT_A_LINE] += 1
                continue
            row = row_of(parsed)
            if row is not None:
                rows.append(row)
            if len(rows) >= BATCH_ROWS:
                yield pd.DataFrame(rows)
                rows = []
    if rows:
        yield pd.DataFrame(rows)
