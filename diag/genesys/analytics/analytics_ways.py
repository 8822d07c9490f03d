"""What is known of an org's analytics beyond the documents, as far as it was learnt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from diag.platform_facts.fact_kinds import TimeoutWords
from diag.platform_facts.facts import Learnt, PlatformFacts

VIEWS_PER_QUERY: Final = 10
"""A query may hold so many views at most (docs/genesys-api.md, "Analytics")."""

Ending = Literal["ended", "cut_off", "failed"]
SUCCESS: Final = "NONE"
"""The errorType of a success, by what others report (docs/genesys-api.md, "Analytics")."""
WORD_DIMENSIONS: Final = {"error_type": "errorType", "response_status": "responseStatus"}


@dataclass(frozen=True, slots=True)
class AnalyticsWays:
    """How to ask, and what the words of a reply mean; the defaults are what holds where nothing was learnt.

    Words are by `error_type` and `response_status`; empty: not learnt.
    """

    views_per_query: int = VIEWS_PER_QUERY
    by_correlation: bool | None = None
    """Whether executions can be grouped by correlationId; None: not learnt."""
    success_words: Mapping[str, str] = field(default_factory=dict)
    timeout_words: Mapping[str, str] = field(default_factory=dict)

    @property
    def know_outcomes(self) -> bool:
        """Whether words tell what failed from what ended and what was cut off."""
        return bool(self.success_words and self.timeout_words) and self.success_words != self.timeout_words

    @property
    def group_by(self) -> tuple[str, ...]:
        """Return the dimensions whose words are needed, none where they are not known."""
        if not self.know_outcomes:
            return ()
        named = {**self.success_words, **self.timeout_words}
        return tuple(wire for name, wire in WORD_DIMENSIONS.items() if name in named)

    def ending(self, group: Mapping[str, str]) -> Ending:
        """Return how the executions of a group ended; `ended` where words are not known."""
        if not self.know_outcomes or _match(self.success_words, group):
            return "ended"
        return "cut_off" if _match(self.timeout_words, group) else "failed"


def ways_of(facts: PlatformFacts) -> AnalyticsWays:
    """Return what was learnt of a platform's analytics.

    Where no success was seen, `NONE` counts as its errorType only if the platform has that word.
    """
    success = _words(facts.analytics_success_words)
    types = facts.analytics_error_types
    if not success and types is not None and SUCCESS in types.value:
        success = {"error_type": SUCCESS}
    views, single = facts.views_per_query, facts.analytics_by_correlation
    return AnalyticsWays(
        views_per_query=VIEWS_PER_QUERY if views is None else views.value,
        by_correlation=None if single is None else single.value,
        success_words=success,
        timeout_words=_words(facts.analytics_timeout_words),
    )


def _words(learnt: Learnt[TimeoutWords] | None) -> dict[str, str]:
    if learnt is None:
        return {}
    named = {"error_type": learnt.value.error_type, "response_status": learnt.value.response_status}
    return {name: word for name, word in named.items() if word is not None}


def _match(words: Mapping[str, str], group: Mapping[str, str]) -> bool:
    return all(group.get(WORD_DIMENSIONS[name], "") == word for name, word in words.items())
