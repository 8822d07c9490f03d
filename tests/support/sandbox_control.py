"""A sandbox as tests handle it: a token, what is true, the faults in force, the switches.

Thousands of small requests: by `http.client`, which takes a quarter of what httpx does for each. A client of
httpx in a test has `verify=False`: a sandbox speaks no TLS, and reading the list of authorities takes
20 ms of a core.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

PATIENCE_S: Final = 90.0
"""What a test asks of a sandbox for itself may take so long: the truth about ten thousand actions is 19 MB of
JSON, which is written and read within a client's usual 5 s only while no neighbour is busy."""


def log_in(base_url: str) -> str:
    """Return a new access token."""
    headers = {
        "Authorization": f"Basic {b64encode(b'sandbox:sandbox').decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    form = urlencode({"grant_type": "client_credentials"})
    token: str = _replied(base_url, "POST", "oauth/token", form, headers)["access_token"]
    return token


def ask(base_url: str, path: str, **parameters: int) -> Any:
    """Return the JSON of a GET of `/sandbox/` + path."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    return _replied(base_url, "GET", f"sandbox/{path}{query}")


def arm(base_url: str, *faults: dict[str, Any]) -> None:
    """Replaces the faults in force (kinds: diag/sandbox/faults/fault_kinds.py); none of them ends all."""
    _tell(base_url, "faults", {"faults": list(faults)})


def switch(base_url: str, **switches: Any) -> None:
    """Turns switches (diag/sandbox/world/switches.py) while it runs."""
    _tell(base_url, "switches", switches)


def count_as_org(base_url: str, *, as_org: bool = True) -> None:
    """Lets it ask to be treated as an org, as `diag sandbox --as-org` does."""
    _tell(base_url, "about", {"as_org": as_org})


@contextmanager
def counting_as_org(base_url: str) -> Iterator[None]:
    """It counts as an org as long as the block lasts."""
    count_as_org(base_url)
    try:
        yield
    finally:
        count_as_org(base_url, as_org=False)


def _tell(base_url: str, path: str, body: dict[str, Any]) -> None:
    _replied(base_url, "POST", f"sandbox/{path}", json.dumps(body), {"Content-Type": "application/json"})


def _replied(
    base_url: str, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
) -> Any:
    """Return the JSON of the reply, None where it has no body."""
    with closing(HTTPConnection(urlsplit(base_url).netloc, timeout=PATIENCE_S)) as connection:
        connection.request(method, f"/{path}", body, headers or {})
        reply = connection.getresponse()
        content = reply.read()
    assert 200 <= reply.status < 300, f"{method} {path}: {reply.status} {content[:500]!r}"
    return json.loads(content) if content else None
