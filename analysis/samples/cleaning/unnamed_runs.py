"""Files that name no run: which of them are parts of one measurement?

The start of each run is cut as its warm-up, so an export that was split into files must not count as several
runs. Files whose times touch or overlap are one source; files with a pause between them longer than any
within them are runs of their own.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from analysis.coverage.stretches import stretches
from analysis.long_arrays.growing import grown
from analysis.long_arrays.pieces import pieces
from analysis.samples.sample_arrays import Codes, codes_of

TOUCHING_S: Final = 60.0
"""Two files are parts of one measurement up to this pause, and up to the longest pause within them."""


def with_one_run_for_one_source(table: pd.DataFrame, files: Sequence[str]) -> pd.DataFrame:
    """Return the table with one run id for all `files` that are one source; a file's rows without a run id
    have the file's name for it (`TableBuilder.run_unless_said`).
    """
    if "run_id" not in table or len(files) < 2:
        return table
    runs = codes_of(table, "run_id")
    names = [name for name in dict.fromkeys(files) if name in runs.texts]
    if len(names) < 2:
        return table
    found = [(*_span(table, runs, runs.texts.index(name)), name) for name in names]
    spans = sorted((begin, end, longest, name) for begin, end, longest, name in found if begin <= end)
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
    one = np.arange(len(runs.texts), dtype=np.int32)
    for name, other in same.items():
        one[runs.texts.index(name)] = runs.texts.index(other)
    codes = grown(np.int32, (one[runs.at(piece)] for piece in pieces(len(table))))
    texts = pd.CategoricalDtype(pd.Index(runs.texts, dtype="str"))
    return table.assign(run_id=pd.Categorical.from_codes(codes, dtype=texts, validate=False))


def _span(table: pd.DataFrame, runs: Codes, run: int) -> tuple[float, float, float]:
    """When the first and the last call of a run began, and the longest pause between two; one of up to
    TOUCHING_S tells nothing, and is 0. A run without a call ends before it begins."""
    started = table["started_at"].to_numpy()
    of_run = (started[piece][runs.at(piece) == run] for piece in pieces(started.size))
    first, last = stretches(of_run, TOUCHING_S)
    if not first.size:
        return np.inf, -np.inf, 0.0
    return float(first[0]), float(last[-1]), float((first[1:] - last[:-1]).max(initial=0.0))
