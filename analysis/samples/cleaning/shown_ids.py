"""Correlation ids that a report may show: one of calls that failed alike, to be looked up in a log."""

from typing import Any, Final

import pandas as pd

from analysis.format.sample_schema import Outcome

ALIKE: Final = ("action_id", "outcome", "http_status", "error_code", "failed_step")
"""Calls that have these in common failed alike."""
ALL_OF: Final = 100_000
"""Rows of a table that keep their ids, whatever became of the call; an id takes a hundred bytes."""


class ShownIds:
    """Chooses among the rows of a table, batch after batch."""

    def __init__(self) -> None:
        self._known: set[tuple[object, ...]] = set()

    def among(self, batch: pd.DataFrame) -> "pd.Series[Any]":
        """Return the ids of the first rows of a batch that failed as none did before; others are missing."""
        ids = batch["correlation_id"].astype(object)
        failed = batch[(batch["outcome"] != Outcome.OK) & ids.notna() & (ids != "")]
        kinds = failed[[name for name in ALIKE if name in failed]].astype(object)
        kinds = kinds.where(kinds.notna(), None).drop_duplicates()
        rows = [
            (at, kind) for at, kind in zip(kinds.index, kinds.itertuples(index=False, name=None), strict=True)
        ]
        new = [at for at, kind in rows if kind not in self._known]
        self._known.update(kind for _, kind in rows)
        return ids.where(ids.index.isin(new), None)
