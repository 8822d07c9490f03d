"""What each outcome shows about latency (docs/method.md, "Calls that count").

`ok` ended; so did a direct call whose reply broke the contract: it came whole. A timeout, the client's or the
action's, was slower than its own elapsed time: right-censored. So is a call ended by an error of the backend,
the platform or the network: dropping slow errors loses 23-48 % of p99, counting them as "slower than this"
costs 1-2 %. A call refused before it ran (429, credentials, bad input) does not show a latency: left out and
counted.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

import numpy as np

from analysis.format.call_record import OUTCOME_OF
from analysis.format.sample_schema import Outcome


class Kind(IntEnum):
    """What one attempt shows about latency."""

    EVENT = 0
    CENSORED = 1
    REFUSED = 2
    """Never ran: no evidence about latency. So it is with a call that was never sent (`UNSENT_MS`)."""


KIND_OF: Final[Mapping[str, Kind]] = {
    Outcome.OK: Kind.EVENT,
    Outcome.TIMEOUT: Kind.CENSORED,
    Outcome.CLIENT_TIMEOUT: Kind.CENSORED,
    Outcome.BACKEND_ERROR: Kind.CENSORED,
    Outcome.PLATFORM_ERROR: Kind.CENSORED,
    Outcome.NETWORK_ERROR: Kind.CENSORED,
    Outcome.RATE_LIMITED: Kind.REFUSED,
    Outcome.AUTH_ERROR: Kind.REFUSED,
    Outcome.INVALID_INPUT: Kind.REFUSED,
    Outcome.CONTRACT_ERROR: Kind.EVENT,
}

KIND_BY_CODE: Final = np.array(
    [Kind.REFUSED, *(KIND_OF[OUTCOME_OF[code]] for code in OUTCOME_OF)], dtype=np.int8
)
REFUSED_CODES: Final = frozenset(code for code in OUTCOME_OF if KIND_BY_CODE[code] == Kind.REFUSED)
ERRORS: Final = (Outcome.BACKEND_ERROR, Outcome.PLATFORM_ERROR, Outcome.NETWORK_ERROR)
