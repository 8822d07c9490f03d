"""The proxy on the way to the org, as the environment names it: HTTPS_PROXY, ALL_PROXY, NO_PROXY."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from diag.direct.hosts.public_addresses import is_loopback
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

    The variables are those that the client of the administrative calls (httpx) reads. None for this machine,
    which at the proxy would be another one, and so for plain http, which is allowed here only. Raises
    UsageError for a kind of proxy that the load cannot use.
    """
    address = urlsplit(api_base)
    host = address.hostname or ""
    proxies = getproxies()
    stated = proxies.get("https") or proxies.get("all")
    if address.scheme != "https" or not stated or _is_here(host) or proxy_bypass(host):
        return None
    try:
        url = urlsplit(stated if "://" in stated else f"http://{stated}")
        port = url.port or 80
    except ValueError:
        raise UsageError(
            "HTTPS_PROXY or ALL_PROXY does not hold an address.",
            hint="Write it whole, for example http://proxy.example.com:8080, or leave it out.",
        ) from None
    if url.scheme != "http" or not url.hostname:
        raise UsageError(
            f"The load cannot go through a proxy of this kind: {url.scheme}://{url.hostname or ''}.",
            hint="Set HTTPS_PROXY to an http:// proxy that allows CONNECT, or NO_PROXY to the API's host.",
        )
    return Proxy(
        url.hostname,
        port,
        unquote(url.username) if url.username else None,
        unquote(url.password) if url.password else None,
    )


def _is_here(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or is_loopback(host)
