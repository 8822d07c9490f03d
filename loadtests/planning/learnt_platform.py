"""What a run goes by of all that was learnt of the platform: how calls are judged, and what they may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analysis.format.manifest import UsedFact
from analysis.number_words import plural
from analysis.plain_text import json_text
from diag.errors import UsageError
from diag.genesys.timeout_reply import KnownTimeout, known_timeout
from diag.platform_facts.facts import PlatformFacts

_OF_A_RUN: Final = ("timeout_form", "timeout_code", "max_page_size", "retry_after")
_OF_A_PROBE: Final = "draft_timeout"
_CONSEQUENCE: Final = {
    "timeout_form": "each counts as slower than it lasted, and as a timeout if the whole timeout had passed",
    "retry_after": "each was waited for by what it said itself, else for a minute",
}


@dataclass(frozen=True, slots=True)
class LearntReplies:
    """How this platform answers calls; None: not learnt. Goes to the workers with the plan."""

    timeout: KnownTimeout | None = None
    retry_after: bool | None = None
    """Whether a 429 carries Retry-After."""


def learnt_replies(facts: PlatformFacts) -> LearntReplies:
    """Return what calls are judged by."""
    retry_after = facts.retry_after
    return LearntReplies(
        timeout=known_timeout(facts), retry_after=None if retry_after is None else retry_after.value
    )


def used_facts(facts: PlatformFacts, *, probe: bool) -> tuple[UsedFact, ...]:
    """Return what a run goes by, for its manifest."""
    wanted = {*_OF_A_RUN, *([_OF_A_PROBE] if probe else [])}
    return tuple(
        UsedFact(fact.key, json_text(learnt.value), learnt.found_at.isoformat())
        for fact, learnt in facts.learnt()
        if fact.key in wanted
    )


def refuse_a_blind_probe(facts: PlatformFacts) -> None:
    """Raise UsageError where a draft is cut off by the published timeout: a probe would see no further."""
    learnt = facts.draft_timeout
    if learnt is not None and learnt.value == "published":
        raise UsageError(
            "The test of a draft obeys the published timeout on this platform (learnt on "
            f"{learnt.found_at}), so a probe sees no further than the action itself.",
            hint="Set a longer timeout first, then measure without --probe: diag set ACTION SECONDS",
        )


def contradiction_notes(contradicted: Mapping[str, int], used: tuple[UsedFact, ...]) -> tuple[str, ...]:
    """Return one sentence for each fact that replies of a run contradicted."""
    found = {fact.key: fact for fact in used}
    return tuple(
        f"{plural(count, 'reply', 'replies')} did not fit what was learnt of the platform on "
        f"{found[key].found} ({key} = {found[key].value}): {_CONSEQUENCE[key]}. "
        "Learn it anew: diag doctor --learn"
        for key, count in contradicted.items()
        if key in found
    )
