"""Facts of a platform as a session of `diag doctor --learn` leaves them."""

from datetime import date
from typing import Any

from diag.platform_facts.facts import Learnt, LearntOn, PlatformFacts


def learnt(on: LearntOn = "org", **values: Any) -> PlatformFacts:
    """Return the facts with these values, all learnt in one way on one day."""
    found = date(2026, 11, 29)
    return PlatformFacts(on, **{key: Learnt(value, found, "tried") for key, value in values.items()})
