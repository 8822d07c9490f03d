"""What a session found, joined with what the platform file said before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from diag.learning.lab.experiment import Found
from diag.platform_facts.facts import FACTS, Fact, Learnt, PlatformFacts
from diag.platform_facts.platform_file import is_fit_reason, raw_value


@dataclass(frozen=True, slots=True)
class LearntAnew:
    """A fact that was found, and what the file said of it before (None: nothing)."""

    fact: Fact
    now: Learnt[Any]
    before: Learnt[Any] | None

    @property
    def contradicts(self) -> bool:
        """Return whether the file said otherwise."""
        return self.before is not None and self.before.value != self.now.value


@dataclass(frozen=True, slots=True)
class JoinedFacts:
    """All facts from now on: those found, and those of before that were not found again (`kept`).

    `unfit`: what was found and may not stand in a file, because it could name something of the org.
    """

    facts: PlatformFacts
    anew: tuple[LearntAnew, ...]
    kept: tuple[Fact, ...]
    unfit: tuple[Fact, ...]


def joined(found: Sequence[Found], before: PlatformFacts, day: date) -> JoinedFacts:
    """Return the facts after a session of this day (UTC).

    Of a fact found twice the last counts, unless it was concluded only, and the other one seen.
    """
    latest: dict[str, Found] = {}
    for one in found:
        known = latest.get(one.key)
        if known is None or not (known.confidence == "seen" and one.confidence == "concluded"):
            latest[one.key] = one
    fit = {fact.key: _is_fit(fact, latest[fact.key]) for fact in FACTS if fact.key in latest}
    anew = tuple(
        LearntAnew(
            fact,
            Learnt(latest[fact.key].value, day, latest[fact.key].how, latest[fact.key].confidence),
            before.of(fact),
        )
        for fact in FACTS
        if fit.get(fact.key)
    )
    return JoinedFacts(
        facts=replace(before, **cast(Any, {one.fact.key: one.now for one in anew})),
        anew=anew,
        kept=tuple(fact for fact, _ in before.learnt() if not fit.get(fact.key)),
        unfit=tuple(fact for fact in FACTS if fit.get(fact.key) is False),
    )


def _is_fit(fact: Fact, found: Found) -> bool:
    return fact.kind.taken(raw_value(found.value)) == found.value and is_fit_reason(found.how)
