"""A webhook: its address, which is a secret, and its kind (`webhook_kind.py`). What is posted there:
`message_body.py`."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from analysis.plain_text import is_printable
from diag.errors import UsageError
from diag.genesys.http.connection import is_loopback
from diag.genesys.http.secret import Secret
from diag.notifying.webhook_kind import Kind, kind_of_host

HOW: Final = (
    "Give an https address or, since it is a secret, the variable that holds it: --notify env:SLACK_WEBHOOK. "
    "slack=, teams= or json= before it says what it is, where the address does not."
)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a message goes. `host` (with its port, if not the usual one) is all that is ever shown of it."""

    kind: Kind
    address: Secret
    host: str
    on_this_machine: bool = False


def webhook_at(address: str, kind: Kind | None, named_by: str) -> Webhook:
    """Return the webhook at an address. Raises UsageError, which shows nothing of it but the host.

    `named_by`: where it was found, for the error.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # whose text repeats the address
        raise _unfit(named_by, "is not a web address") from None
    if host and not host.isascii():
        raise _unfit(named_by, "has letters in its host that are written as xn--... in an address")
    plain = address.isascii() and is_printable(address) and " " not in address
    if parts.scheme not in ("http", "https") or not host or not plain:
        raise _unfit(named_by, "is not a web address")
    if parts.username or parts.password:
        raise _unfit(named_by, f"holds a user name or password for {host}")
    here = is_loopback(host)
    if parts.scheme == "http" and not here:
        raise _unfit(named_by, f"leads to {host} by plain http, which anyone on the way can read")
    shown = f"[{host}]" if ":" in host else host
    if port is not None and (parts.scheme, port) != ("https", 443):
        shown = f"{shown}:{port}"
    return Webhook(kind or kind_of_host(host), Secret(address.partition("#")[0]), shown, here)


def _unfit(named_by: str, why: str) -> UsageError:
    return UsageError(f"The webhook that {named_by} names {why}.", hint=HOW)
