"""The proxy between us and the org, as the environment names it: HTTPS_PROXY, ALL_PROXY, NO_PROXY."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from diag.errors import UsageError


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that is asked to CONNECT."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def proxy_for(api_base: str) -> Proxy | None:
    """Return the proxy that calls to `api_base` must go through, None for none.

    The same variables that the client of the administrative calls (httpx) heeds; never for this machine,
    where plain http is allowed. Raises UsageError for a kind that the load cannot use.
    """
    address = urlsplit(api_base)
    host = address.hostname or ""
    proxies = getproxies()
    stated = proxies.get("https") or proxies.get("all")
    if address.scheme != "https" or not stated or proxy_bypass(host):
        return None
    found = urlsplit(stated if "://" in stated else f"http://{stated}")
    if found.scheme != "http" or not found.hostname:
        raise UsageError(
            f"The load cannot go through a proxy of this kind: {found.scheme}://{found.hostname or ''}.",
            hint="Set HTTPS_PROXY to an http:// proxy that allows CONNECT, or NO_PROXY to the API's host.",
        )
    return Proxy(
        found.hostname,
        found.port or 80,
        unquote(found.username) if found.username else None,
        unquote(found.password) if found.password else None,
    )
