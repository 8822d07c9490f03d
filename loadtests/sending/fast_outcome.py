"""How a reply is judged: a plain success cheaply, everything else by the client's classifier.

What was learnt of the platform is gone by, and may be old, or of another region: what does not fit is
counted.
"""

import re
from typing import Final

from analysis.format.sample_schema import Outcome
from diag.genesys.outcomes import Classified, classify
from diag.genesys.timeout_reply import KnownTimeout
from loadtests.planning.learnt_platform import LearntReplies
from loadtests.sending.transport import Reply

_SUCCESS_KEY: Final = b'"success"'
_NOT_TRUE: Final = re.compile(rb'"success"\s*:\s*(?!true\b)')
_SUCCESS: Final = Classified(Outcome.OK)


def judge(
    status: int, body: bytes, timeout_s: int | None, elapsed_ms: float, known: KnownTimeout | None = None
) -> Classified:
    """Return how a test call ended; `known`: how the platform answers one that timed out, if that was learnt.

    A 200 in which every "success" is true needs no parsing; any other body (a "success" that is not true,
    none at all, no JSON object) is parsed. An escaped quote inside a value cannot look like the key.
    """
    if (
        status == 200
        and _SUCCESS_KEY in body
        and body[:1] == b"{"
        and body[-1:] == b"}"
        and _NOT_TRUE.search(body) is None
    ):
        return _SUCCESS
    return classify(status, body, timeout_s, elapsed_ms, known)


class LearntCheck:
    """Counts, by fact, the replies of one process that contradict it."""

    def __init__(self, learnt: LearntReplies) -> None:
        self._retry_after = learnt.retry_after
        self.contradicted: dict[str, int] = {}

    def see(self, verdict: Classified, reply: Reply) -> None:
        """Look at a reply that was not a plain success."""
        if verdict.contradicts:
            self._count("timeout_form")
        throttled = reply.status == 429 and verdict.outcome == Outcome.RATE_LIMITED
        if throttled and self._retry_after is not None and bool(reply.retry_after) is not self._retry_after:
            self._count("retry_after")

    def _count(self, fact: str) -> None:
        self.contradicted[fact] = self.contradicted.get(fact, 0) + 1
