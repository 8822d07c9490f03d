"""Facts of a platform as a session of `diag doctor --learn` leaves them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from diag.platform_facts.fact_kinds import TimeoutWords
from diag.platform_facts.facts import Learnt, LearntOn, PlatformFacts

_NOT_ASKED: Final = {"retry_after", "audits"}
"""Switches that a session tells nothing of: it meets no 429, and only asks whether audits can be read."""
_OF_ANALYTICS: Final = {
    "views_per_query": "views_per_query",
    "percentiles": "analytics_percentiles",
    "by_correlation": "analytics_by_correlation",
}
_NOT_ASKED_OF_ANALYTICS: Final = {"most_groups", "over_groups", "ok"}
_UNSEEN: Final = {"analytics_count_tests": None}
"""Calls that do not show up, or not yet: nothing is said of them before a day has passed."""


def learnt(on: LearntOn = "org", **values: Any) -> PlatformFacts:
    """Return the facts with these values, all learnt in one way on one day."""
    found = date(2026, 11, 29)
    return PlatformFacts(on, **{key: Learnt(value, found, "tried") for key, value in values.items()})


def value_of(facts: PlatformFacts, key: str) -> object:
    """Return what was learnt of one fact; None where nothing was."""
    found: Learnt[Any] | None = getattr(facts, key)
    return None if found is None else found.value


def facts_of_switches(turned: Mapping[str, Any]) -> dict[str, object]:
    """Return what a session learns of a sandbox with these switches: fact -> value, None where it is open."""
    meant: dict[str, object] = {}
    for switch, value in turned.items():
        if switch == "analytics":
            meant |= _of_analytics(value)
        elif switch == "analytics_count_tests":
            meant |= _UNSEEN
        elif switch == "edge_timeout_s":
            meant[switch] = round(value)  # which leaves a busy machine time: 1.6 s is 2 s up to 2.5 s
        elif switch not in _NOT_ASKED:
            meant[switch] = value
    return meant


def _of_analytics(switches: Mapping[str, Any]) -> dict[str, object]:
    meant: dict[str, object] = {}
    for name, value in switches.items():
        if name == "lag_s":
            meant |= _UNSEEN
        elif name == "timeout":
            meant["analytics_timeout_words"] = TimeoutWords(**value)
        elif name not in _NOT_ASKED_OF_ANALYTICS:
            meant[_OF_ANALYTICS[name]] = value
    return meant
