"""What the proxy of the environment means for a backend: a private one is never handed to it."""

from typing import Final

from diag.direct.hosts.backend_host import BackendHost
from diag.direct.hosts.public_addresses import addresses_of, why_not_public
from loadtests.sending.connections.proxy import proxy_for

_VARIABLES: Final = "HTTPS_PROXY or ALL_PROXY"


def private_behind_a_proxy(host: BackendHost) -> str | None:
    """Return why a host may not be called from here: it is private as this machine knows it, and a proxy
    would be asked for it. None: there is no proxy for it, or nothing private is known of it.

    The proxy would learn the host's name, and connect to whatever has it where the proxy is.
    """
    proxy = proxy_for(host.base)
    if proxy is None:
        return None
    kind = next((kind for each in _addresses(host) if (kind := why_not_public(each)) is not None), None)
    if kind is None:
        return None
    return (
        f"{host.name} is {kind}, and its calls would go to the proxy {proxy.host}:{proxy.port} "
        f"({_VARIABLES}). NO_PROXY={host.host} calls it past the proxy"
    )


def through_a_proxy(host: BackendHost) -> str | None:
    """Return `proxy.example.com:3128` where calls to a host go through one; None: there is none for it."""
    proxy = proxy_for(host.base)
    return None if proxy is None else f"{proxy.host}:{proxy.port}"


def _addresses(host: BackendHost) -> tuple[str, ...]:
    if host.address is not None:
        return (str(host.address),)
    try:
        return addresses_of(host.host, host.port)
    except OSError:  # a name that only the proxy knows
        return ()
