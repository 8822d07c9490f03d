"""How a reply of the platform is judged: a plain success cheaply, the rest by the client's classifier."""

import re
from typing import Final

from analysis.format.sample_schema import Outcome
from diag.genesys.outcomes import Classified, classify
from diag.genesys.timeout_reply import KnownTimeout

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
