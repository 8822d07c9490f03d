"""What is unknown outside Genesys, as switches: one setting for each behaviour the platform may have.

The defaults are those that fit the sources best, or, for the PATCH, the one that harms a careless client.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeVar, cast, get_args

from diag.toml_section import TomlSection

TimeoutForm = Literal["success_false", "408", "504"]
StaleForm = Literal["409", "400", "408"]
DraftTimeout = Literal["draft", "published"]
ClearTimeout = Literal["omit", "null", "neither"]
RateLimitHeaders = Literal["none", "inin"]
PatchConfig = Literal["replace", "merge"]
SecureResults = Literal["shown", "masked"]
ResolvedRequest = Literal["shown", "hidden"]
OverGroups = Literal["refused", "cut"]
_Word = TypeVar("_Word", bound=str)


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """How one outcome reads in the analytics; empty: the dimension has no value."""

    response_status: str
    error_type: str


@dataclass(frozen=True, slots=True)
class AnalyticsSwitches:
    """One sandbox's choice for each unknown of `POST /api/v2/analytics/actions/aggregates/query`."""

    views_per_query: int = 10
    """A query with more views is refused with 400."""
    percentiles: bool = True
    """Whether statistics hold p95 and p99."""
    by_correlation: bool = True
    """Whether groupBy takes correlationId, so that each group is one execution; otherwise 400."""
    most_groups: int = 0
    """So many groups at most, 0 without end; more of them are `over_groups`."""
    over_groups: OverGroups = "refused"
    """`refused` with 400, or `cut`: those beyond are left out without a word."""
    lag_s: float = 0.0
    """Executions younger than this are not counted yet."""
    ok: OutcomeWords = OutcomeWords("200", "NONE")
    backend_error: OutcomeWords = OutcomeWords("400", "REMOTE_ENDPOINT")
    timeout: OutcomeWords = OutcomeWords("504", "TIMEOUT")

    def words(self, outcome: str) -> OutcomeWords | None:
        """Return how an execution that ended in `outcome` reads; None: the analytics do not count it."""
        failed = self.backend_error
        known = {"ok": self.ok, "backend_error": failed, "contract_error": failed, "timeout": self.timeout}
        return known.get(outcome)


@dataclass(frozen=True, slots=True)
class AuditSwitches:
    """What audits call data actions, and how much they tell."""

    service: str = "Integrations"
    entity: str = "Action"
    """Empty: data actions are not audited."""
    timeout_property: str = "config.timeoutSeconds"
    tells_values: bool = True
    """Whether a message says which properties were changed, from what to what."""
    takes_future: bool = True
    """Whether the interval of a query may end after now; otherwise 400."""


@dataclass(frozen=True, slots=True)
class Switches:
    """One sandbox's choice for each unknown."""

    timeout_form: TimeoutForm = "success_false"
    """How a test that ran into the action's timeout is answered."""
    timeout_code: str = "request.timeout"
    """Which code that answer carries."""
    timeout_step: str = "Execute"
    """The name of the step that failed, where the answer shows steps."""
    draft_timeout: DraftTimeout = "draft"
    """Whose timeout ends the test of a draft: its own, or the published action's."""
    stale_form: StaleForm = "409"
    """How a write with an old version is refused."""
    patch_config: PatchConfig = "replace"
    """`replace`: whatever is left out of `config` in a PATCH is removed."""
    clear_timeout: ClearTimeout = "omit"
    """What a PATCH makes a timeout unset with: leaving it out (or null), null only, or nothing. Where only
    `patch_config` is stated, `replace` means omit and `merge` neither."""
    retry_after: bool = True
    """Whether a 429 carries Retry-After."""
    list_include_config: bool = True
    """Whether the list of actions honours `includeConfig` (it is recent)."""
    subjects_me: bool = True
    """Whether a client may read its own roles (authorization/subjects/me)."""
    rate_limit_headers: RateLimitHeaders = "inin"
    """Whether ordinary replies carry inin-ratelimit-count, -allowed and -reset."""
    limits_readable: bool = True
    """Whether the org's limits can be read."""
    edge_timeout_s: float = 0.0
    """The API's edge answers 504 after this many seconds; 0 means never."""
    secure_results: SecureResults = "shown"
    """Whether a test of a secure action shows its result."""
    resolved_request: ResolvedRequest = "shown"
    """Whether the steps of a test show the request as it was resolved."""
    max_page_size: int = 100
    """The largest `pageSize` taken; 100 is what the official tools ask for at most."""
    analytics_count_tests: bool = True
    """Whether test runs show up in the analytics."""
    analytics: AnalyticsSwitches = field(default_factory=AnalyticsSwitches)
    """What else is unknown about the analytics."""
    audits: AuditSwitches = field(default_factory=AuditSwitches)


def read_switches(table: TomlSection, present: Switches) -> Switches:
    """Return `present` with what the table changes."""
    patch_config = _word(table, "patch_config", present.patch_config, PatchConfig)
    clear = present.clear_timeout
    if table.has("patch_config"):
        clear = "omit" if patch_config == "replace" else "neither"
    return Switches(
        timeout_form=_word(table, "timeout_form", present.timeout_form, TimeoutForm),
        timeout_code=table.text("timeout_code", present.timeout_code),
        timeout_step=table.text("timeout_step", present.timeout_step),
        draft_timeout=_word(table, "draft_timeout", present.draft_timeout, DraftTimeout),
        stale_form=_word(table, "stale_form", present.stale_form, StaleForm),
        patch_config=patch_config,
        clear_timeout=_word(table, "clear_timeout", clear, ClearTimeout),
        secure_results=_word(table, "secure_results", present.secure_results, SecureResults),
        resolved_request=_word(table, "resolved_request", present.resolved_request, ResolvedRequest),
        retry_after=table.flag("retry_after", present.retry_after),
        list_include_config=table.flag("list_include_config", present.list_include_config),
        subjects_me=table.flag("subjects_me", present.subjects_me),
        rate_limit_headers=_word(table, "rate_limit_headers", present.rate_limit_headers, RateLimitHeaders),
        limits_readable=table.flag("limits_readable", present.limits_readable),
        edge_timeout_s=table.number("edge_timeout_s", present.edge_timeout_s, above=-1e-9),
        max_page_size=table.integer("max_page_size", present.max_page_size, low=1, high=100_000),
        analytics_count_tests=table.flag("analytics_count_tests", present.analytics_count_tests),
        analytics=_analytics_switches(table.table("analytics"), present.analytics),
        audits=_audit_switches(table.table("audits"), present.audits),
    )


def _word(table: TomlSection, key: str, present: _Word, words: object) -> _Word:
    """Return one of the words of a Literal type."""
    return cast(_Word, table.text(key, present, choices=get_args(words)))


def _analytics_switches(table: TomlSection | None, present: AnalyticsSwitches) -> AnalyticsSwitches:
    if table is None:
        return present
    return table.done(
        AnalyticsSwitches(
            views_per_query=table.integer("views_per_query", present.views_per_query, low=1, high=1000),
            percentiles=table.flag("percentiles", present.percentiles),
            by_correlation=table.flag("by_correlation", present.by_correlation),
            most_groups=table.integer("most_groups", present.most_groups, low=0, high=10**9),
            over_groups=_word(table, "over_groups", present.over_groups, OverGroups),
            lag_s=table.number("lag_s", present.lag_s, low=0.0, high=1e7),
            ok=_words(table.table("ok"), present.ok),
            backend_error=_words(table.table("backend_error"), present.backend_error),
            timeout=_words(table.table("timeout"), present.timeout),
        )
    )


def _audit_switches(table: TomlSection | None, present: AuditSwitches) -> AuditSwitches:
    if table is None:
        return present
    return table.done(
        AuditSwitches(
            service=table.text("service", present.service),
            entity=table.text("entity", present.entity),
            timeout_property=table.text("timeout_property", present.timeout_property),
            tells_values=table.flag("tells_values", present.tells_values),
            takes_future=table.flag("takes_future", present.takes_future),
        )
    )


def _words(table: TomlSection | None, present: OutcomeWords) -> OutcomeWords:
    if table is None:
        return present
    return table.done(
        OutcomeWords(
            response_status=table.text("response_status", present.response_status),
            error_type=table.text("error_type", present.error_type),
        )
    )
