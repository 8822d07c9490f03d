"""Where a redirect leads: followed on the same host only. Whether Genesys Cloud follows any is not known."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin

from diag.direct.direct_action import RenderedRequest
from diag.direct.hosts.backend_host import UnfitHostError
from loadtests.sending.direct.wire_request import UnfitRequestError, WireRequest, wire_request

MOST_REDIRECTS: Final = 5
REFUSED: Final = "redirect_refused"
"""Error code: to another host, or to an address that is none."""
TOO_MANY: Final = "too_many_redirects"
"""Error code: more than MOST_REDIRECTS one after the other."""
_REPEATED: Final = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})
_FETCHED: Final = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER})
_REDIRECTS: Final = _REPEATED | _FETCHED
_OF_A_BODY: Final = ("content-type", "content-encoding", "content-language")


@dataclass(frozen=True, slots=True)
class RefusedRedirect:
    """A redirect that is not followed; `code` is its error code."""

    code: str


def redirected(
    request: WireRequest, status: int, location: str, followed: int
) -> WireRequest | RefusedRedirect | None:
    """Return the request that a reply asks for instead; None where it is no redirect.

    307 and 308 keep method and body; after the others what was not HEAD is fetched by GET, as browsers do.
    `followed`: how many redirects there were before.
    """
    if status not in _REDIRECTS or not location:
        return None
    if followed >= MOST_REDIRECTS:
        return RefusedRedirect(TOO_MANY)
    method, headers, body = request.method, request.headers, request.body
    if status in _FETCHED and method != "HEAD":
        method, body = "GET", b""
        headers = tuple(pair for pair in headers if pair[0].lower() not in _OF_A_BODY)
    try:
        wanted = wire_request(RenderedRequest(method, urljoin(request.url, location), headers, body))
    except (UnfitHostError, UnfitRequestError, ValueError):
        return RefusedRedirect(REFUSED)
    return wanted if wanted.host == request.host else RefusedRedirect(REFUSED)
