"""Watches a running load and says which actions need no more calls.

`python -m diag.measuring.settled RUN_FOLDER PARENT_PID` runs beside the load, at low priority, in a
process of its own (pandas stays out of the load), and writes `settled.json`: a list of action ids.

An action is settled once its answer can no longer change: the analysis gives a verdict that more of the
same calls would not move (never "insufficient" or "unstable"), every precondition of a number is met, and
the verdict and the number were the same at CHECKS checks in a row with a growing number of calls.
Stopping when a number has stayed the same is not the same as stopping when one likes what one sees, but it
is a look more than once: hence several checks, and the one-sided bound the verdict itself rests on.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from analysis.errors import AnalysisError
from analysis.reading import read_samples
from analysis.recommend import recommend
from analysis.recommendation import Recommendation, Verdict
from analysis.run_folder import RunFolder
from analysis.settings import RecommendSettings

CHECKS: Final = 3
PAUSE_S: Final = 5.0
GROWTH: Final = 1.1
"""A check counts when there are this many times the calls of the one before."""
SETTLED_FILE: Final = "settled.json"

_OPEN: Final = frozenset({Verdict.INSUFFICIENT_SAMPLES, Verdict.UNSTABLE, Verdict.NO_DATA})


@dataclass(slots=True)
class _History:
    answer: tuple[str, int | None] | None = None
    same: int = 0
    samples: int = 0


@dataclass(slots=True)
class Settling:
    """Remembers what earlier checks said."""

    settled: set[str] = field(default_factory=set)
    _histories: dict[str, _History] = field(default_factory=dict)

    def check(self, recommendations: Mapping[str, Recommendation]) -> frozenset[str]:
        """Take in one look at the data; return the actions that have become settled with it."""
        new = {
            action_id
            for action_id, found in recommendations.items()
            if action_id not in self.settled and self._same_again(action_id, found)
        }
        self.settled |= new
        return frozenset(new)

    def _same_again(self, action_id: str, found: Recommendation) -> bool:
        history = self._histories.setdefault(action_id, _History())
        if found.verdict in _OPEN:
            history.same = 0
            return False
        if found.samples < GROWTH * history.samples:
            return False
        answer = (str(found.verdict), found.recommended_timeout_s)
        history.same = history.same + 1 if answer == history.answer else 1
        history.answer, history.samples = answer, found.samples
        return history.same >= CHECKS


def watch(folder: RunFolder, parent_pid: int, *, pause_s: float = PAUSE_S) -> None:
    """Check again and again until the load process is gone."""
    settling = Settling()
    while os.getppid() == parent_pid:
        time.sleep(pause_s)
        try:
            analysis = recommend(read_samples([folder.path]), None, RecommendSettings())
        except AnalysisError:
            continue  # no whole row yet
        if settling.check({row.action_id: row for row in analysis.actions}):
            _write(folder.path / SETTLED_FILE, sorted(settling.settled))


def _write(path: Path, action_ids: list[str]) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(action_ids), encoding="utf-8")
    temporary.replace(path)


if __name__ == "__main__":
    os.nice(10)
    watch(RunFolder(Path(sys.argv[1])), int(sys.argv[2]))
