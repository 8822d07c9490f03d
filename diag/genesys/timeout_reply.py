"""Whether a reply is the action's own timeout: by its form, and by the time that had passed.

Standard library only: the load process classifies with this.

What a timed-out test looks like is not documented, so all three forms seen or declared are recognised
(docs/genesys-api.md, "Test calls"): HTTP 408, HTTP 504, and HTTP 200 with `success: false` whose error speaks
of a timeout. The form alone is not enough. A gateway's own 504 after 2 s, or a remote service whose own
gateway gave up, is not the action's timeout of 10 s: taking it for one would censor a call at the wrong
place. So a timeout counts only when the call took at least `EARLY_SHARE` of the action's timeout; an earlier
one is a backend or platform error. A later one still counts: the call did take longer than the timeout.
Without a known timeout (`timeout_s` None) the form decides.

Whose clock ran out is known of one code only: `authentication.request.timeout` is not the action's (D, old
swagger), and counts as an error however long it took. So does an error of class ACTION.AUTHENTICATION: the
token for the backend was waited for, not the backend. Unknown is who sends a 504 that is not the platform's
ErrorBody (a page of a gateway, nothing at all) or calls itself a gateway's. Such a one is taken for the
action's timeout only after all of it has passed: then the call was too slow, whoever ended it.

Where the form was learnt (`diag/platform_facts`), every other one is as doubtful as a gateway's. It still
counts after the whole timeout, because the file may be old, or of another region; and from `EARLY_SHARE` on
each is counted as a contradiction of the file, so that no timeout is lost in silence.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from diag.genesys.replies.error_body import (
    AUTHENTICATION,
    ErrorJson,
    action_class,
    code_of,
    nested,
    status_of,
)
from diag.platform_facts.facts import PlatformFacts, TimedOutForm

FORM_OF_STATUS: Final[dict[int, TimedOutForm]] = {200: "success_false", 408: "408", 504: "504"}
"""The forms, by the status of the reply."""

EARLY_SHARE: Final = 0.9
"""A timeout reply before this share of the timeout is not the action's own. Below 1 because the platform's
clock may start before ours sees the request sent, and how exactly it is enforced is undocumented."""

_NOT_THE_ACTIONS: Final = "authentication.request.timeout"
_A_GATEWAYS: Final = re.compile(r"gateway[\s._-]?tim(?:ed|e)?[\s._-]?out", re.IGNORECASE)
"""Such a code has no source (docs/genesys-api.md, "Test calls"): whose timeout it would be is unknown."""
_TIMEOUT_WORDS: Final = re.compile(r"tim(?:ed|e)?[\s._-]?out", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KnownTimeout:
    """How this platform answers a test that ran into the action's timeout. `code` None: not learnt."""

    form: TimedOutForm
    code: str | None = None

    def fits(self, failure: "FailedReply") -> bool:
        """Return whether a failure has this form, and this code."""
        if failure.form != self.form:
            return False
        return self.code is None or self.code in failure.codes


def known_timeout(facts: PlatformFacts) -> KnownTimeout | None:
    """Return how a platform answers a call that timed out; None where that was not learnt."""
    form, code = facts.timeout_form, facts.timeout_code
    return None if form is None else KnownTimeout(form.value, None if code is None else code.value)


@dataclass(frozen=True, slots=True)
class FailedReply:
    """An ErrorBody and its status, and where it stood: `inside_result` of a 200, or the reply itself."""

    status: int
    error: ErrorJson
    inside_result: bool

    @property
    def code(self) -> str:
        """Return its most telling code."""
        return code_of(self.error) or f"http.{self.status}"

    @property
    def codes(self) -> frozenset[object]:
        """Return the codes of the error and of those inside it."""
        return frozenset(_own_code(body) for body in nested(self.error))

    @property
    def form(self) -> str:
        """Return which of the forms of a timeout it has, if it is one."""
        return "success_false" if self.inside_result else str(self.status)

    @property
    def names_timeout(self) -> bool:
        """Return whether it speaks of a timeout that may be the action's."""
        if _NOT_THE_ACTIONS in map(_own_code, nested(self.error)):
            return False
        return self.status in (408, 504) or (self.inside_result and _mentions_timeout(self.error))

    @property
    def may_be_a_gateways(self) -> bool:
        """Return whether it is a 504 that may be someone else's: no code of the platform, or a gateway's."""
        if self.inside_result or self.status != HTTPStatus.GATEWAY_TIMEOUT:
            return False
        code = code_of(self.error)
        return code is None or _A_GATEWAYS.search(code) is not None


@dataclass(frozen=True, slots=True)
class TimeoutVerdict:
    """Whether a failure is the action's own timeout, and whether it contradicts what was learnt."""

    own: bool
    contradicts: bool = False


@dataclass(frozen=True, slots=True)
class Waited:
    """How long a call took (`elapsed_ms`, sent to last byte), under which timeout (None: not known)."""

    timeout_s: int | None
    elapsed_ms: float

    def judge(self, failure: FailedReply, known: KnownTimeout | None) -> TimeoutVerdict:
        """Return whether the failure is the action's own timeout; `known`: the form that was learnt."""
        if not failure.names_timeout or action_class(failure.error) == AUTHENTICATION:
            return TimeoutVerdict(own=False)
        other_form = known is not None and not known.fits(failure)
        doubtful = other_form or failure.may_be_a_gateways
        if self.timeout_s is None:
            return TimeoutVerdict(own=not doubtful, contradicts=other_form)
        near = self.elapsed_ms >= EARLY_SHARE * self.timeout_s * 1000.0
        own = self.elapsed_ms >= self.timeout_s * 1000.0 if doubtful else near
        return TimeoutVerdict(own, contradicts=other_form and near)


def _mentions_timeout(error: ErrorJson) -> bool:
    for body in nested(error):
        if status_of(body) in (408, 504):
            return True
        for key in ("code", "errorCode", "message", "userMessage", "messageWithParams"):
            value = body.get(key)
            if isinstance(value, str) and _TIMEOUT_WORDS.search(value):
                return True
    return False


def _own_code(body: ErrorJson) -> object:
    code = body.get("code", body.get("errorCode"))
    return code if isinstance(code, str) else None
