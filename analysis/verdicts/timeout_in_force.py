"""Which timeout is taken as the one in force, and which ones cut calls off."""

import math

import numpy as np

from analysis.format.action_facts import ActionFacts
from analysis.format.call_record import OUTCOME_CODES
from analysis.format.sample_schema import Outcome
from analysis.format.timeout_limits import DEFAULT_TIMEOUT_S
from analysis.samples.action_calls import Calls


def current_timeout(facts: ActionFacts, calls: Calls) -> tuple[int, bool]:
    """Return the timeout in force: as declared, else as the latest published call had it, else the default.

    With it, whether it is known: the default is not.
    """
    if facts.current_timeout_s is not None:
        return facts.current_timeout_s, True
    latest: tuple[float, float] | None = None
    for piece in calls.pieces():
        published = np.flatnonzero(~piece.draft & ~np.isnan(piece.timeout_s))
        if published.size:
            last = published[np.argmax(piece.started_at[published])]
            found = float(piece.started_at[last]), float(piece.timeout_s[last])
            latest = found if latest is None or found[0] > latest[0] else latest
    return (DEFAULT_TIMEOUT_S, False) if latest is None else (int(latest[1]), True)


def timeouts_that_fired(calls: Calls) -> tuple[int, int] | None:
    """Return the shortest and the longest timeout that cut a call off; None where any of them is unknown."""
    code = OUTCOME_CODES[Outcome.TIMEOUT]
    fired = {each for piece in calls.pieces() for each in np.unique(piece.timeout_s[piece.outcome == code])}
    if not fired or any(math.isnan(each) for each in fired):
        return None
    return int(min(fired)), int(max(fired))
