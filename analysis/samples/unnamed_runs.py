"""Files that name no run: which of them are parts of one measurement?

The start of each run is cut as its warm-up, so an export that was split into files must not count as several
runs. Files whose times touch or overlap are one source; files with a pause between them longer than any
within them are runs of their own.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

TOUCHING_S: Final = 60.0
"""Two files are parts of one measurement up to this pause, and up to the longest pause within them."""


def with_one_run_for_one_source(table: pd.DataFrame, files: Sequence[str]) -> pd.DataFrame:
    """Return the table with one run id for all `files` that are one source; a file's rows without a run id
    have the file's name for it (`TableBuilder.run_unless_said`).
    """
    if "run_id" not in table or len(files) < 2:
        return table
    run = table["run_id"].astype("category")
    names = [name for name in dict.fromkeys(files) if name in run.cat.categories]
    if len(names) < 2:
        return table
    started = table["started_at"].to_numpy()
    spans = []
    for name in names:
        at = np.sort(started[(run == name).to_numpy()])
        if at.size:
            spans.append((float(at[0]), float(at[-1]), float(np.diff(at).max(initial=0.0)), name))
    spans.sort()
    same: dict[str, str] = {}
    first, until, pause = "", -np.inf, 0.0
    for begin, end, longest, name in spans:
        if begin - until > max(TOUCHING_S, pause, longest):
            first, until, pause = name, end, longest
        else:
            same[name] = first
            until, pause = max(until, end), max(pause, longest)
    if not same:
        return table
    categories = [str(name) for name in run.cat.categories]
    one = np.arange(len(categories))
    for name, other in same.items():
        one[categories.index(name)] = categories.index(other)
    codes = np.asarray(run.cat.codes, dtype=np.int64)
    joined = np.where(codes >= 0, one[codes], -1)
    texts = pd.CategoricalDtype(pd.Index(categories, dtype="str"))
    return table.assign(run_id=pd.Categorical.from_codes(joined, dtype=texts))
