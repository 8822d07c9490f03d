"""The commonest text of some rows of a table: an error code, a message."""

import numpy as np
import pandas as pd

from analysis.long_arrays.pieces import walk
from analysis.samples.sample_arrays import Rows, codes_of


def commonest(table: pd.DataFrame, column: str, rows: Rows) -> tuple[str, int] | None:
    """Return the text that most of these rows have, and how many; of several, the one that comes first. None
    where no row has one."""
    texts = codes_of(table, column)
    counts: dict[int, int] = {}
    for (part,) in walk(rows):
        codes, first, many = np.unique(texts.at(part), return_index=True, return_counts=True)
        for index in np.argsort(first):
            code = int(codes[index])
            counts[code] = counts.get(code, 0) + int(many[index])
    known = {texts.texts[code]: count for code, count in counts.items() if texts.texts[code]}
    return max(known.items(), key=lambda one: one[1]) if known else None
