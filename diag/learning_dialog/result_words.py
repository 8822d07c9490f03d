"""What a session found, in words for people and as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypedDict

from analysis.machine.command_words import joined
from analysis.number_words import noun, plural
from analysis.plain_text import json_text
from analysis.typed_command import Asked
from diag.genesys.data_action import Action
from diag.learning.session.learn import Learned, LearnLine
from diag.learning.session.plan import LearnPlan
from diag.learning.session.result import JoinedFacts, LearntAnew
from diag.learning_dialog.action_for_draft import words_to_learn
from diag.platform_facts.facts import Confidence
from diag.platform_facts.platform_file import raw_value

FORMAT_VERSION: Final = 1


class FoundFact(TypedDict):
    """A fact of the platform that was found."""

    fact: str
    """Its key in platform.toml."""
    value: object
    how: str
    confidence: Confidence
    before: object
    """What the file said before; null: nothing."""
    contradicts: bool


class MadeExperiment(TypedDict):
    """An experiment, and what came of it."""

    name: str
    text: str
    facts: list[str]


class SkippedPart(TypedDict):
    """An experiment that was not planned, and why."""

    name: str
    why: str


class LearnJson(TypedDict):
    """What a session of `diag doctor --learn` found."""

    format_version: Literal[1]
    platform_file: str
    requests: int
    seconds: float
    interrupted: bool
    left_drafts: list[str]
    """Drafts that are, or may be, still in the org; a line each."""
    facts: list[FoundFact]
    kept: list[str]
    """Facts of before that were not found again."""
    unfit: list[str]
    """Found, but not written: it could name the org."""
    experiments: list[MadeExperiment]
    skipped: list[SkippedPart]


@dataclass(frozen=True, slots=True)
class LearnResult:
    """Everything there is to tell at the end."""

    plan: LearnPlan
    learned: Learned
    joined: JoinedFacts
    platform_file: str
    requests: int
    seconds: float


def line_text(line: LearnLine) -> str:
    """Return one line of a session."""
    return f"{line.name}: {line.learning.text}"


def result_lines(result: LearnResult) -> Iterator[str]:
    """Yield what is said at the end, a line each."""
    for one in result.joined.anew:
        if one.contradicts:
            yield _contradiction(one)
    for fact in result.joined.unfit:
        yield f"Not written: {fact.key}. What was found looks like a name or an address of the org."
    anew, kept = len(result.joined.anew), len(result.joined.kept)
    facts = (
        f"{plural(anew, 'fact')} learnt with {plural(result.requests, 'request')} in {result.seconds:.0f} s"
    )
    stay = f"; {plural(kept, 'fact')} of before {noun(kept, 'stays as it was', 'stay as they were')}"
    yield f"{facts}{stay if kept else ''}. Written to {result.platform_file}."


def next_commands(result: LearnResult, asked: Asked, action: Action) -> Iterator[str]:
    """Yield what to do next, a line each."""
    found = {one.fact.key for one in result.joined.anew}
    for line in result.learned.left:
        yield f"Left in the org: {line}. To remove it: {asked.command('doctor', before=('--remove-drafts',))}"
    if "timeout_form" not in found and any(one.calls for one in result.plan.experiments):
        learn = (*words_to_learn(action), "--slow-url", "URL")
        yield "To see a timed-out test: " + asked.command("doctor", before=learn)
    if "analytics_count_tests" not in found and result.learned.called:
        yield f"The test calls are looked for again by: {asked.command('doctor')} (tomorrow at the latest)"
    rehearse = joined(("diag", "sandbox", "--platform", result.platform_file))
    yield f"To rehearse on a sandbox that behaves like this: {rehearse}"
    yield f"Next: {asked.command('observe')}"


def result_json(result: LearnResult) -> str:
    """Return the result for programs."""
    body: LearnJson = {
        "format_version": FORMAT_VERSION,
        "platform_file": result.platform_file,
        "requests": result.requests,
        "seconds": round(result.seconds, 1),
        "interrupted": result.learned.interrupted,
        "left_drafts": list(result.learned.left),
        "facts": [_fact(one) for one in result.joined.anew],
        "kept": [fact.key for fact in result.joined.kept],
        "unfit": [fact.key for fact in result.joined.unfit],
        "experiments": [
            {"name": line.name, "text": line.learning.text, "facts": [one.key for one in line.learning.found]}
            for line in result.learned.lines
        ],
        "skipped": [{"name": one.name, "why": one.why} for one in result.plan.skipped],
    }
    return json_text(body, indent=1)


def _fact(one: LearntAnew) -> FoundFact:
    return {
        "fact": one.fact.key,
        "value": raw_value(one.now.value),
        "how": one.now.how,
        "confidence": one.now.confidence,
        "before": None if one.before is None else raw_value(one.before.value),
        "contradicts": one.contradicts,
    }


def _contradiction(one: LearntAnew) -> str:
    before = one.before
    was = "" if before is None else f" On {before.found_at} it was: {one.fact.sentence(before)}"
    return f"Changed: {one.fact.sentence(one.now)}{was}"
