"""Tells a web page that may change something on this machine from one that may not.

Any page that a browser has open can send a form to an address on this machine. Such a request names its page
in `Origin` (Fetch standard), or reaches this machine under a foreign name in `Host` (DNS rebinding).
"""

import ipaddress
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

ANY_ADDRESS: Final = "*"
"""A server that does not know by which of its addresses it is reached."""


def why_foreign(header: Callable[[str], str | None], listens_on: str) -> str | None:
    """Return why a state-changing request is refused; None for one that is ours.

    `header` returns the value of a header by its name, in any case. `listens_on`: the address or name the
    server was started with. For one that listens on all addresses ("", "0.0.0.0", ANY_ADDRESS) every address
    is right, and no name but `localhost`.
    """
    host = header("Host") or ""
    if not _is_ours(host, listens_on.lower()):
        return f"This page is not served as {host!r}: open it by the address it was started with."
    origin = header("Origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return f"A page of {origin!r} may not change anything here."
    if header("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return "A page of another site may not change anything here."
    return None


def _is_ours(host: str, listens_on: str) -> bool:
    name = (urlsplit(f"//{host}").hostname or "").lower()
    if name == "localhost" or (name and name == listens_on):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False  # a foreign name may lead here by DNS
    return address.is_loopback or listens_on in ("", ANY_ADDRESS, "0.0.0.0", "::")
