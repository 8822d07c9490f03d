"""How far a run has come, for whoever shows it: from its first call to its report."""

from dataclasses import dataclass
from typing import Literal

from analysis.format.run_folder import RunFolder

Step = Literal["measuring", "ending", "reporting", "over"]
"""`ending`: no further call leaves, those in flight are waited for; `reporting`: every row is written."""


@dataclass(frozen=True, slots=True)
class RunPhase:
    """How far the run in `folder` has come; `result`: how it ended ("complete"), None before that."""

    folder: RunFolder
    step: Step
    result: str | None = None
    reports: bool = True
    """Whether this process has a report written. False: whoever started it does, or there is no call."""
