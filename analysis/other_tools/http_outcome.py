"""How a call of another tool ended, by its HTTP status and what the tool says of errors.

The call was answered by the web service itself, so its statuses are read as those of a remote service
(`diag.genesys.outcomes`): a 4xx is a fast refusal of the input and no latency; 5xx, 408 and 429 are a backend
that fails or does not keep up. Which timeout of whom ended a call is not known, so an error is never taken
for the action's own timeout.
"""

import re
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.format.sample_schema import Outcome

TIMED_OUT: Final = re.compile(r"time[d\s._-]*out|deadline exceeded", re.IGNORECASE)
"""Of a tool's own error: it stopped waiting."""
_CODE: Final = re.compile(r"[A-Za-z0-9_.:$-]{1,80}")


def outcome_of_status(status: "pd.Series[float]") -> NDArray[np.object_]:
    """Return the outcome of each HTTP status; None where it is no status."""
    code = status.to_numpy(dtype=np.float64, na_value=np.nan)
    with np.errstate(invalid="ignore"):
        checks = (
            ((code >= 100) & (code < 400), Outcome.OK),
            ((code == 401) | (code == 403), Outcome.AUTH_ERROR),
            ((code == 408) | (code == 429), Outcome.BACKEND_ERROR),
            ((code >= 400) & (code < 500), Outcome.INVALID_INPUT),
            ((code >= 500) & (code < 600), Outcome.BACKEND_ERROR),
        )
    found = np.full(code.shape, None, dtype=object)
    for check, outcome in reversed(checks):
        found[check] = str(outcome)
    return found


def network_outcome(error: "pd.Series[str]") -> NDArray[np.object_]:
    """Return the outcome of calls without an answer, by the tool's words: it gave up, or the network did."""
    gave_up = error.astype("str").fillna("").str.contains(TIMED_OUT).to_numpy(dtype=bool)
    return np.where(gave_up, str(Outcome.CLIENT_TIMEOUT), str(Outcome.NETWORK_ERROR)).astype(object)


def error_code(texts: "pd.Series[str]") -> "pd.Series[str]":
    """Return the words that look like a code (a class name, a number): free text could quote values."""
    found = texts.astype("str").fillna("").str.rsplit(":", n=1).str[-1].str.strip()
    return found.where(found.str.fullmatch(_CODE), None)
