"""A sandbox as tests handle it: a token, what is true, the faults in force, the switches.

Every client here and in the tests has `verify=False`: a sandbox speaks no TLS, and reading the list of
authorities takes 20 ms of a core for each.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx

PATIENCE_S: Final = 90.0
"""What a test asks of a sandbox for itself may take so long: the truth about ten thousand actions is 19 MB of
JSON, which is written and read within httpx's 5 s only while no neighbour is busy."""


def log_in(base_url: str) -> str:
    """Return a new access token."""
    reply = httpx.post(
        f"{base_url}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=("sandbox", "sandbox"),
        timeout=PATIENCE_S,
        trust_env=False,
        verify=False,
    )
    token: str = reply.raise_for_status().json()["access_token"]
    return token


def ask(base_url: str, path: str, **parameters: int) -> Any:
    """Return the JSON of a GET of `/sandbox/` + path."""
    uri = f"{base_url}/sandbox/{path}"
    reply = httpx.get(uri, params=parameters, timeout=PATIENCE_S, trust_env=False, verify=False)
    return reply.raise_for_status().json()


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
    uri = f"{base_url}/sandbox/{path}"
    httpx.post(uri, json=body, timeout=PATIENCE_S, trust_env=False, verify=False).raise_for_status()
