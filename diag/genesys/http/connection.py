"""Where to connect and as whom."""

import ipaddress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from diag.genesys.api_errors import InsecureAddressError, UnknownRegionError
from diag.genesys.http.pacing import RateBucket
from diag.genesys.http.regions import resolve_region
from diag.genesys.http.secret import Secret
from diag.platform_facts.facts import PlatformFacts

WHOLE: Final = "Write it whole, for example https://api.mypurecloud.com or http://127.0.0.1:8080."


@dataclass(frozen=True, slots=True)
class Connection:
    """One org's addresses (no trailing slash) and credentials.

    Either `client_id` with `client_secret` (client credentials), or a ready `access_token`, which then
    goes first. Raises `InsecureAddressError` when an address is not https and not on this machine.
    """

    api_base: str
    login_base: str
    client_id: str | None
    client_secret: Secret | None
    access_token: Secret | None = None
    bucket: RateBucket = field(default_factory=RateBucket, compare=False, repr=False)
    """The pace of administrative calls: the limit is the token's, so all clients of a connection share it."""

    platform: PlatformFacts = field(default=PlatformFacts("org"), compare=False, repr=False)
    """What is known of the platform that is reached; nothing, where nothing was learnt."""

    def __post_init__(self) -> None:
        """Normalise both addresses and refuse the ones a token must never be sent to."""
        for name in ("api_base", "login_base"):
            object.__setattr__(self, name, checked_base(getattr(self, name)))

    @classmethod
    def to(
        cls,
        *,
        region: str | None = None,
        api_base: str | None = None,
        client_id: str | None = None,
        client_secret: Secret | None = None,
        access_token: Secret | None = None,
    ) -> "Connection":
        """Return the connection for a region, or for `api_base` (GENESYSCLOUD_API_BASE: sandbox, gateway).

        Login and API share the address only when `api_base` is given; a region's token is never asked
        for on its API host. Raises `UnknownRegionError`, `InsecureAddressError`.
        """
        if api_base:
            return cls(api_base, api_base, client_id, client_secret, access_token)
        if not region:
            raise UnknownRegionError(
                "No Genesys Cloud region is given.",
                hint="Set GENESYSCLOUD_REGION, for example to us-east-1 or mypurecloud.ie.",
            )
        api, login = resolve_region(region)
        return cls(api, login, client_id, client_secret, access_token)

    @property
    def host(self) -> str:
        """Return the API's host (and port, if not the usual one): what people know the org by."""
        return urlsplit(self.api_base).netloc

    @property
    def is_loopback(self) -> bool:
        """Return whether the API is on this machine (the sandbox, or a proxy on it)."""
        return is_loopback(urlsplit(self.api_base).hostname or "")


def is_loopback(host: str) -> bool:
    """Return whether the host is this machine: 127.0.0.0/8, ::1 or `localhost`."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_base(address: str) -> str:
    """Return the address without a trailing slash; raise `InsecureAddressError` unless it is safe to use."""
    base = address.strip().rstrip("/")
    try:
        parts = urlsplit(base)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise InsecureAddressError(f"{_shown(base)!r} is not an address: {error}.", hint=WHOLE) from None
    if parts.username or parts.password:
        raise InsecureAddressError(
            f"The address of {host} holds a user name or password.",
            hint="Leave it out: credentials come from GENESYSCLOUD_OAUTHCLIENT_ID and _SECRET.",
        )
    if parts.scheme not in ("http", "https") or not host:
        raise InsecureAddressError(
            f"{_shown(base)!r} is not an http(s) address.",
            hint=WHOLE,
        )
    if parts.query or parts.fragment:
        raise InsecureAddressError(
            f"{_shown(base)!r}: an API address has no query and no fragment.", hint=WHOLE
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise InsecureAddressError(
            f"{base} is plain http: the token would cross the network in clear text.",
            hint="Use https. Plain http is accepted only for this machine (127.0.0.1, ::1, localhost).",
        )
    return base


def _shown(base: str) -> str:
    """Return an address without what may hold a secret: the user part, the query, the fragment."""
    return base.rsplit("@", 1)[-1].partition("?")[0].partition("#")[0]
