"""What is known of the platform that this session talks to: one field a fact, None where it was not learnt.

The values are those of the sandbox's switches (`diag/sandbox/world/switches.py`), where it has one for the
same unknown. Standard library only: the load process holds one of these.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Generic, Literal, TypeVar

from diag.platform_facts.fact_kinds import (
    Code,
    CodeList,
    FactKind,
    Label,
    OneOf,
    TimeoutWords,
    WholeNumber,
    Words,
    YesOrNo,
)

T = TypeVar("T")
Confidence = Literal["seen", "concluded"]
LearntOn = Literal["org", "sandbox"]
TimedOutForm = Literal["success_false", "408", "504"]
DraftTimeout = Literal["draft", "published"]
PatchOfConfig = Literal["replace", "merge"]
StaleReply = Literal["409", "400", "408"]
ClearTimeout = Literal["omit", "null", "neither"]
RateLimitHeaders = Literal["none", "inin"]
SecureResult = Literal["shown", "masked"]


@dataclass(frozen=True, slots=True)
class Learnt(Generic[T]):
    """A value, when it was found (UTC), how, and whether it was seen itself or concluded from something."""

    value: T
    found_at: date
    how: str
    confidence: Confidence = "seen"


@dataclass(frozen=True, slots=True)
class Fact:
    """One unknown: its key, the question for people, and what its answers mean."""

    key: str
    question: str
    kind: FactKind

    def sentence(self, learnt: Learnt[Any]) -> str:
        """Return what was learnt, as one sentence."""
        return self.kind.sentence(learnt.value)


FACTS: Final = (
    Fact(
        "timeout_form",
        "What does a timed-out test look like?",
        OneOf(
            {
                "success_false": "A timed-out test is answered by 200 with success: false.",
                "408": "A timed-out test is answered by HTTP 408.",
                "504": "A timed-out test is answered by HTTP 504.",
            }
        ),
    ),
    Fact(
        "timeout_code",
        "Which code does a timed-out test carry?",
        Code("A timed-out test carries the code {value}."),
    ),
    Fact(
        "timeout_step",
        "Which step of a timed-out test failed?",
        Label('In a timed-out test, the step "{value}" is the one that failed.'),
    ),
    Fact(
        "draft_timeout",
        "Whose timeout does the test of a draft obey?",
        OneOf(
            {
                "draft": "The test of a draft obeys the draft's own timeout.",
                "published": "The test of a draft obeys the published action's timeout, not the draft's own.",
            }
        ),
    ),
    Fact(
        "edge_timeout_s",
        "Does the platform's edge cut long calls?",
        WholeNumber(
            0,
            600,
            "The platform's edge ends a call after {value} s.",
            "The platform's edge let a call of 60 s pass.",
        ),
    ),
    Fact(
        "secure_results",
        "Does the test of a secure action show its result?",
        OneOf(
            {
                "shown": "The test of a secure action shows its result.",
                "masked": "The test of a secure action hides its result.",
            }
        ),
    ),
    Fact(
        "patch_config",
        "Does a PATCH merge or replace the configuration?",
        OneOf(
            {
                "merge": "A PATCH keeps what it leaves out of the configuration.",
                "replace": "A PATCH removes what it leaves out of the configuration.",
            }
        ),
    ),
    Fact(
        "stale_form",
        "How is a write with an old version refused?",
        OneOf(
            {
                "409": "A write with an old version is refused by HTTP 409.",
                "400": "A write with an old version is refused by HTTP 400.",
                "408": "A write with an old version is refused by HTTP 408.",
            }
        ),
    ),
    Fact(
        "clear_timeout",
        "What makes a timeout unset again?",
        OneOf(
            {
                "omit": "A PATCH that leaves the timeout out makes it unset again.",
                "null": "A PATCH with null makes a timeout unset again; leaving it out does not.",
                "neither": "A timeout cannot be made unset again: neither null nor leaving it out does it.",
            }
        ),
    ),
    Fact(
        "max_page_size",
        "How large may a page be?",
        WholeNumber(25, 100_000, "Pages of {value} entries are taken (1,000, 500 and 200 are asked for)."),
    ),
    Fact(
        "list_include_config",
        "Does the list of actions include their configuration?",
        YesOrNo(
            "The list of actions gives their configuration (includeConfig).",
            "The list of actions leaves their configuration out: each action is read by itself.",
        ),
    ),
    Fact(
        "subjects_me",
        "Does the platform say which roles a client has?",
        YesOrNo(
            "The platform says which roles a client has (authorization/subjects/me).",
            "The platform does not tell a client its roles (authorization/subjects/me).",
        ),
    ),
    Fact(
        "retry_after",
        "Does a 429 say how long to wait?",
        YesOrNo("A 429 carries Retry-After.", "A 429 comes without Retry-After."),
    ),
    Fact(
        "rate_limit_headers",
        "Do ordinary replies say how much of the rate limit is used?",
        OneOf(
            {
                "none": "Ordinary replies carry no rate limit headers.",
                "inin": "Ordinary replies carry the headers inin-ratelimit-count, -allowed and -reset.",
            }
        ),
    ),
    Fact(
        "limits_readable",
        "Can the org's limits be read?",
        YesOrNo("The org's limits can be read.", "The org's limits cannot be read."),
    ),
    Fact(
        "views_per_query",
        "How many views may one query have?",
        WholeNumber(1, 1000, "A query with {value} views is taken (50, 20, 10, 5 and 1 are asked for)."),
    ),
    Fact(
        "analytics_percentiles",
        "Are p95 and p99 filled?",
        YesOrNo("The analytics give p95 and p99.", "The analytics leave p95 and p99 empty."),
    ),
    Fact(
        "analytics_by_correlation",
        "Can executions be told apart?",
        YesOrNo(
            "The analytics can be grouped by correlation id, so single latencies can be read.",
            "The analytics cannot be grouped by correlation id.",
        ),
    ),
    Fact(
        "analytics_error_types",
        "Which error types are there?",
        CodeList("Values of errorType that were seen: {value}."),
    ),
    Fact(
        "analytics_statuses",
        "Which response statuses are there?",
        CodeList("Values of responseStatus that were seen: {value}."),
    ),
    Fact("analytics_timeout_words", "What do the analytics call a timeout?", Words("timed out")),
    Fact("analytics_success_words", "What do they call a success?", Words("ended well")),
    Fact(
        "analytics_lag_s",
        "How old are the newest data?",
        WholeNumber(
            0, 604_800, "The newest data in the analytics are {value} s old (rounded down, coarsely)."
        ),
    ),
    Fact(
        "analytics_count_tests",
        "Do test calls appear?",
        YesOrNo("Test calls appear in the analytics.", "Test calls do not appear in the analytics."),
    ),
    Fact(
        "flows_readable",
        "Can the configuration of flows be read?",
        YesOrNo(
            "The configuration of flows can be read by this client.",
            "The configuration of flows cannot be read by this client.",
        ),
    ),
    Fact(
        "audits_readable",
        "Can audits be read?",
        YesOrNo("Audits can be read by this client.", "Audits cannot be read by this client."),
    ),
    Fact(
        "event_definitions_readable",
        "Can the definitions of operational events be read?",
        YesOrNo(
            "The definitions of operational events can be read by this client.",
            "The definitions of operational events cannot be read by this client.",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """Everything learnt. `learnt_on`: facts of a made-up platform are never used for a real one."""

    learnt_on: LearntOn
    timeout_form: Learnt[TimedOutForm] | None = None
    timeout_code: Learnt[str] | None = None
    timeout_step: Learnt[str] | None = None
    draft_timeout: Learnt[DraftTimeout] | None = None
    edge_timeout_s: Learnt[int] | None = None
    secure_results: Learnt[SecureResult] | None = None
    patch_config: Learnt[PatchOfConfig] | None = None
    stale_form: Learnt[StaleReply] | None = None
    clear_timeout: Learnt[ClearTimeout] | None = None
    max_page_size: Learnt[int] | None = None
    list_include_config: Learnt[bool] | None = None
    subjects_me: Learnt[bool] | None = None
    retry_after: Learnt[bool] | None = None
    rate_limit_headers: Learnt[RateLimitHeaders] | None = None
    limits_readable: Learnt[bool] | None = None
    views_per_query: Learnt[int] | None = None
    analytics_percentiles: Learnt[bool] | None = None
    analytics_by_correlation: Learnt[bool] | None = None
    analytics_error_types: Learnt[tuple[str, ...]] | None = None
    analytics_statuses: Learnt[tuple[str, ...]] | None = None
    analytics_timeout_words: Learnt[TimeoutWords] | None = None
    analytics_success_words: Learnt[TimeoutWords] | None = None
    analytics_lag_s: Learnt[int] | None = None
    analytics_count_tests: Learnt[bool] | None = None
    flows_readable: Learnt[bool] | None = None
    audits_readable: Learnt[bool] | None = None
    event_definitions_readable: Learnt[bool] | None = None

    def of(self, fact: Fact) -> Learnt[Any] | None:
        """Return what was learnt of one fact."""
        learnt: Learnt[Any] | None = getattr(self, fact.key)
        return learnt

    def learnt(self) -> Sequence[tuple[Fact, Learnt[Any]]]:
        """Return every fact that was learnt, in the order of the table."""
        return [(fact, learnt) for fact in FACTS if (learnt := self.of(fact)) is not None]

    @property
    def newest(self) -> date | None:
        """Return when something was learnt last; None where nothing was."""
        return max((learnt.found_at for _, learnt in self.learnt()), default=None)
