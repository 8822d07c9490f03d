"""Why calls straight to a backend failed: what most of them met."""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from analysis.format.call_record import OUTCOME_CODES
from analysis.format.sample_schema import Outcome
from analysis.runs.commonest import commonest
from analysis.samples.action_calls import Calls

_FAILED: Final = (Outcome.AUTH_ERROR, Outcome.BACKEND_ERROR, Outcome.NETWORK_ERROR)
_STATUS: Final = re.compile(r"http_([1-5][0-9]{2})")
_LOGIN: Final = "custom_auth_"


@dataclass(frozen=True, slots=True)
class FailedCalls:
    """`calls` failed in the same way, of `of_all` that were made; `code` is their error code."""

    calls: int
    of_all: int
    code: str

    @property
    def status(self) -> int | None:
        """What the backend answered; None where it gave no answer, or its login failed."""
        found = _STATUS.fullmatch(self.code)
        return int(found[1]) if found else None

    @property
    def wants_credentials(self) -> bool:
        """Whether the backend says that it does not know the caller, or lets it do nothing."""
        return self.status in (401, 403)

    @property
    def of_login(self) -> str | None:
        """How the custom authentication action failed, which is called first; None where it did not."""
        return self.code.removeprefix(_LOGIN) if self.code.startswith(_LOGIN) else None


def why_failed(calls: Calls, table: pd.DataFrame) -> FailedCalls | None:
    """Return what most of the failed calls met; None where none failed, or no code was recorded.

    `table`: what the calls were taken from, read with its details (`read_samples(..., detail=True)`).
    """
    if "error_code" not in table:
        return None
    outcomes = [OUTCOME_CODES[outcome] for outcome in _FAILED]
    failed = calls.select(lambda piece: np.isin(piece.outcome, outcomes))
    found = commonest(table, "error_code", failed.row)
    return None if found is None else FailedCalls(found[1], len(calls), found[0])
