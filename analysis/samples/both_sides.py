"""Rows of calls through Genesys Cloud, and rows of calls straight to a backend, each in a table of its own.

The backend alone is faster than the action, so one direct call among the others would lower a number. They
are parted row by row before anything is counted: what is read of the one is as if the other were not there.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.format.sample_schema import ActionVersion
from analysis.samples.table_builder import TableBuilder


class BothSides(TableBuilder):
    """A builder of the table of calls through Genesys Cloud; `direct` builds that of the others."""

    def __init__(self) -> None:
        super().__init__()
        self.direct = TableBuilder()
        self.direct.left_out = self.left_out

    def add(self, batch: pd.DataFrame) -> None:
        """Add the usable rows of a batch, each to its side."""
        apart = _is_direct(batch)
        if apart is None:
            super().add(batch)
            return
        if not apart.all():
            super().add(batch[~apart])
        self.direct.run_unless_said = self.run_unless_said
        self.direct.add(batch[apart])

    def finish(self) -> pd.DataFrame:
        """Return the table of calls through Genesys Cloud; without any, one with columns and no row."""
        return super().finish() if self.rows else self.direct.finish().iloc[:0]


def _is_direct(batch: pd.DataFrame) -> NDArray[np.bool_] | None:
    """Which rows are direct calls; None where none is."""
    if "target" not in batch:
        return None
    target = batch["target"]
    if isinstance(target.dtype, pd.CategoricalDtype) and ActionVersion.DIRECT not in target.cat.categories:
        return None
    apart = np.asarray((target == str(ActionVersion.DIRECT)).fillna(False), dtype=np.bool_)
    return apart if apart.any() else None
