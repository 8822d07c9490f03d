"""Whether test calls appear in the analytics: the calls of a session, looked for at its end and by later
`doctor`s."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import typed_or_none
from analysis.plain_text import json_text
from diag.genesys.analytics.aggregate_query import begin_of
from diag.genesys.api_errors import RefusedRequestError
from diag.genesys.replies.json_reply import JsonObject, optional_number
from diag.learning.experiments.telemetry_questions import executions, query_body, rows_of, safe_word, told_lag
from diag.learning.lab.experiment import Found, Learning
from diag.learning.lab.lab import MarkedCall
from diag.platform_facts.fact_kinds import TimeoutWords
from diag.platform_facts.facts import Confidence

MARKED_CALLS_FILE: Final = "marked_calls.json"
MARKED_CALLS_VERSION: Final = 1
GIVEN_UP_AFTER_S: Final = 86_400.0
"""Calls that are not there after a day are not counted: minutes to hours is what others report."""
_AROUND_S: Final = 60.0
_BEFORE_S: Final = 3600.0

Ask = Callable[[JsonObject], JsonObject]
"""Asks the analytics; raises ApiError."""


@dataclass(frozen=True, slots=True)
class MarkedCalls:
    """The calls of one session, and where what they tell is written. `action_id` is of the org `api_base`."""

    api_base: str
    action_id: str
    platform_file: str
    calls: tuple[MarkedCall, ...]


def write_marked_calls(folder: Path, marked: MarkedCalls) -> None:
    """Write them into the session's folder. Raises OSError."""
    body = {"format_version": MARKED_CALLS_VERSION, **asdict(marked)}
    write_whole(folder / MARKED_CALLS_FILE, json_text(body, indent=1))


def read_marked_calls(path: Path) -> MarkedCalls | None:
    """Return what the file says; None where it is missing, unreadable or of another format version."""
    file = InputFile(path, UnreadableSamplesError)
    try:
        return typed_or_none(MarkedCalls, file.json_object(MARKED_CALLS_VERSION))
    except UnreadableSamplesError:
        return None


def are_given_up(marked: MarkedCalls, now: float) -> bool:
    """Return whether the calls are so old that they need not be looked for again."""
    return now - max((call.at for call in marked.calls), default=0.0) >= GIVEN_UP_AFTER_S


def look_for(marked: MarkedCalls, ask: Ask, now: float) -> Learning:
    """Return what the analytics show of these calls: whether they are there, and in which words.

    Raises ApiError; that a grouping is refused is a finding.
    """
    calls = marked.calls
    since = min((call.at for call in calls), default=now) - _AROUND_S
    until = max(now, since) + 1.0
    group_by = ("correlationId", "errorType", "responseStatus")
    try:
        reply = ask(query_body(since, until, group_by=group_by, action_id=marked.action_id))
    except RefusedRequestError as error:
        how = "grouping by correlationId was asked for, and refused"
        refused = Found("analytics_by_correlation", False, how)
        return _added(
            f"grouping by correlationId is refused ({error.status})", refused, _by_number(marked, ask, now)
        )
    taken = Found("analytics_by_correlation", True, "grouping by correlationId was asked for, and taken")
    groups = {group.get("correlationId", ""): group for group, _, _ in rows_of(reply)}
    return _added("grouping by correlationId is taken", taken, _by_id(calls, groups, now))


def _by_id(calls: Sequence[MarkedCall], groups: Mapping[str, Mapping[str, str]], now: float) -> Learning:
    seen = [call for call in calls if call.correlation_id in groups]
    if not seen:
        return _not_there(calls, now)
    how = "test calls of a draft, looked for by their correlation ids"
    found = [Found("analytics_count_tests", True, how)]
    if told_lag(now - max(call.at for call in seen)) == 0:
        found.append(Found("analytics_lag_s", 0, "a test call was there within a minute"))
    well = _words(groups[call.correlation_id] for call in seen if call.ended_well)
    if well != TimeoutWords():
        found.append(Found("analytics_success_words", well, "a test call that had ended well"))
    timed_out = _words(groups[call.correlation_id] for call in seen if call.timed_out)
    return _with_words(f"{len(seen)} of {len(calls)} test calls are there", found, timed_out)


def _words(groups: Iterable[Mapping[str, str]]) -> TimeoutWords:
    """The words of the first group."""
    first = next(iter(groups), {})
    return TimeoutWords(safe_word(first, "errorType"), safe_word(first, "responseStatus"))


def _by_number(marked: MarkedCalls, ask: Ask, now: float) -> Learning:
    """Without their ids: executions where there were none in the hour before can only be these calls."""
    if not marked.calls:
        return Learning("")
    first = min(call.at for call in marked.calls)
    group_by = ("errorType", "responseStatus")
    query = query_body(
        first - _BEFORE_S, now + 1.0, granularity="PT1M", action_id=marked.action_id, group_by=group_by
    )
    rows = [(group, begin_of(interval), stats) for group, interval, stats in rows_of(ask(query))]
    after = [(group, stats) for group, begins, stats in rows if begins + _AROUND_S > first]
    number = sum(executions(stats) for _, stats in after)
    if not number:
        return _not_there(marked.calls, now)
    if len(after) < len(rows) or number < len(marked.calls):
        return Learning("the action is called by others, too, so the test calls cannot be told from theirs")
    how = "as many executions as test calls, of an action that nobody called in the hour before"
    found = [Found("analytics_count_tests", True, how, "concluded")]
    slowest, _ = max(after, key=lambda row: optional_number(row[1], "max") or 0.0)
    timed_out = _words([slowest] if any(call.timed_out for call in marked.calls) else [])
    return _with_words("the test calls are there", found, timed_out, "concluded")


def _with_words(
    text: str, found: list[Found], timed_out: TimeoutWords, confidence: Confidence = "seen"
) -> Learning:
    """Add in which words the call that timed out is there; no words: there is none."""
    said = [word for word in (timed_out.error_type, timed_out.response_status) if word is not None]
    if said:
        found.append(
            Found("analytics_timeout_words", timed_out, "a test call that had timed out", confidence)
        )
        text += f", the one that timed out as {', '.join(said)}"
    return Learning(text, tuple(found))


def _not_there(calls: Sequence[MarkedCall], now: float) -> Learning:
    if not calls:
        return Learning("")
    if now - max(call.at for call in calls) < GIVEN_UP_AFTER_S:
        return Learning("the test calls are not there yet: diag doctor looks again")
    how = "test calls of a draft were not there a day later"
    return Learning(
        "the test calls are not there a day later",
        (Found("analytics_count_tests", False, how, "concluded"),),
    )


def _added(text: str, found: Found, further: Learning) -> Learning:
    return Learning("; ".join(filter(None, (text, further.text))), (found, *further.found))
