"""A rendered request as bytes on the wire: built once for each input, but for the ids of its trace."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

from diag.direct.direct_action import RenderedRequest
from diag.direct.hosts.backend_host import BackendHost, backend_host
from diag.errors import DiagError
from loadtests.sending.transport import USER_AGENT

_METHOD: Final = re.compile(r"[A-Za-z]{1,20}")
_FIELD_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_FIELD_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")
_OURS: Final = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive", "upgrade"})
"""What frames a message between two neighbours is ours to say, whatever a template has."""
_IN_A_TARGET: Final = "%/?:@!$&'()*+,;=~-._[]{}|\\^`\"<>"
"""Sent as rendered; what no request line can hold (letters beyond ASCII) goes out as escapes."""


class UnfitRequestError(DiagError):
    """Raised for a request that cannot go out as it was rendered. Its text holds no value."""

    category = "usage"


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request ready to be sent. It may hold secrets and inputs, so nothing of it shows in `repr`."""

    host: BackendHost
    url: str = field(repr=False)
    method: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    head: bytes = field(repr=False)
    """The request line and all headers, without the empty line that ends them."""
    traceable: bool
    """False where a template sets `traceparent` itself."""

    def with_trace(self, header: bytes) -> bytes:
        """Return the whole request with this value of `traceparent`."""
        trace = b"traceparent: " + header + b"\r\n" if self.traceable else b""
        return self.head + trace + b"\r\n" + self.body


def wire_request(rendered: RenderedRequest) -> WireRequest:
    """Return a request as bytes. Raises UnfitRequestError; UnfitHostError for an address without a host."""
    host = backend_host(rendered.url)
    if not _METHOD.fullmatch(rendered.method):
        raise UnfitRequestError("The action's request has a method that is not a word such as GET.")
    kept = tuple((name.strip(), value.strip()) for name, value in rendered.headers)
    for name, value in kept:
        if not _FIELD_NAME.fullmatch(name):
            raise UnfitRequestError("The action's request has a header whose name no header may have.")
        if not _FIELD_VALUE.fullmatch(value):
            raise UnfitRequestError(
                f"The action's header {name} holds a line break, control character or letter beyond ASCII."
            )
    kept = tuple((name, value) for name, value in kept if name.lower() not in _OURS)
    names = {name.lower() for name, _ in kept}
    method = rendered.method.upper()
    url = rendered.url.partition("#")[0]
    lines = [f"{method} {_target(url)} HTTP/1.1"]
    if "host" not in names:
        lines.append(f"Host: {host.name}")
    if "user-agent" not in names:
        lines.append(f"User-Agent: {USER_AGENT}")
    lines += [f"{name}: {value}" for name, value in kept]
    if rendered.body or method not in ("GET", "HEAD", "DELETE", "OPTIONS"):
        lines.append(f"Content-Length: {len(rendered.body)}")
    head = "".join(f"{line}\r\n" for line in lines).encode("ascii")
    return WireRequest(host, url, method, kept, rendered.body, head, "traceparent" not in names)


def _target(url: str) -> str:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return quote(target, safe=_IN_A_TARGET)
