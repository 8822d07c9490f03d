"""Which action filled the places in flight, where planned calls found none free."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from analysis.number_words import latency, percent

MOST_OF_THEM: Final = 0.5
"""An action that holds fewer of the places is not what the others wait for."""


@dataclass(frozen=True, slots=True)
class Filled:
    """An action, how long its calls took on average, and its share (0..1) of the time in flight."""

    action_name: str
    mean_ms: float
    share: float

    @property
    def sentence(self) -> str:
        """Return what it did, and what helps."""
        return (
            f"Calls of {self.action_name} took {percent(self.share)} of the places in flight "
            f"({latency(self.mean_ms)} each on average): measure it alone, and the others without it "
            "(--action)."
        )


def filled_by(table: pd.DataFrame) -> Filled | None:
    """Return the action whose calls were in flight most of the time; None where none or the only one was.

    `table`: samples as `analysis.samples.read_samples` returns them.
    """
    codes, names = pd.factorize(table["action_name"].astype(str))
    if len(names) < 2:
        return None
    took = np.bincount(codes, weights=table["latency_ms"].to_numpy(dtype=float, na_value=0.0))
    most = int(np.argmax(took))
    total = float(took.sum())
    if total <= 0 or took[most] < MOST_OF_THEM * total:
        return None
    return Filled(str(names[most]), float(took[most] / (codes == most).sum()), float(took[most] / total))
