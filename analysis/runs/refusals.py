"""Why the calls of an action that gave no answer were refused: the reason most of them share."""

from dataclasses import dataclass

import pandas as pd

from analysis.format.call_record import OUTCOME_CODES
from analysis.format.sample_schema import Outcome
from analysis.runs.commonest import commonest
from analysis.samples.action_calls import Calls
from analysis.samples.sample_arrays import codes_of


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
    outcome = OUTCOME_CODES[Outcome.INVALID_INPUT]
    refused = calls.select(lambda piece: piece.outcome == outcome)
    found = commonest(table, "error_code", refused.row)
    if found is None:
        return None
    code, many = found
    if "error_message" not in table:
        return RefusedInputs(many, code)
    codes = codes_of(table, "error_code")
    alike = refused.select(lambda piece: codes.at(piece.row) == codes.texts.index(code))
    said = commonest(table, "error_message", alike.row)
    return RefusedInputs(many, code, None if said is None else said[0])
