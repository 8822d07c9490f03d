"""Why the calls of an action that gave no answer were refused: the reason most of them share."""

from dataclasses import dataclass

import pandas as pd

from analysis.format.call_record import OUTCOME_CODES
from analysis.format.sample_schema import Outcome
from analysis.samples.action_calls import Calls


@dataclass(frozen=True, slots=True)
class RefusedInputs:
    """`calls` were refused with this code; `message`: the platform's own words, without values (or None)."""

    calls: int
    code: str
    message: str | None = None

    @property
    def of_backend(self) -> str | None:
        """What the backend answered ("404"); None where the platform refused before it was reached."""
        remote, _, status = self.code.partition(":")
        return status if remote == "ACTION.REMOTE_ENDPOINT" and status else None


def why_refused(calls: Calls, table: pd.DataFrame) -> RefusedInputs | None:
    """Return the commonest reason of the calls refused for their input; None where no code was recorded.

    `table`: what the calls were taken from, read with its details (`read_samples(..., detail=True)`).
    """
    if "error_code" not in table:
        return None
    rows = table.iloc[calls.row[calls.outcome == OUTCOME_CODES[Outcome.INVALID_INPUT]]]
    counts = rows["error_code"].dropna().astype(str).value_counts()
    if counts.empty:
        return None
    code, most = str(counts.index[0]), int(counts.iloc[0])
    if "error_message" not in rows:
        return RefusedInputs(most, code)
    said = rows["error_message"][rows["error_code"] == code].dropna().astype(str).value_counts()
    return RefusedInputs(most, code, None if said.empty else str(said.index[0]))
