"""Whether a direct call may go to an address: what the person confirmed, held against where it leads."""

from typing import Final

from diag.direct.direct_load import DirectRules
from diag.direct.hosts.backend_host import BackendHost, UnfitHostError, backend_host
from diag.direct.hosts.public_addresses import is_loopback, why_not_public

_ALLOW: Final = "allow_private = true in [direct], or --allow-private, allows it"


def may_be_called(url: str, rules: DirectRules, sandbox_base: str | None) -> str | None:
    """Return why a request may not go to this URL; None: it may, as far as its text tells.

    Where the name leads is held against `address_may_be_called` when a connection is made. `sandbox_base`:
    address of the sandbox that is called, where it does not count as an org: its own backends are free.
    No reason holds the URL: it may hold inputs and credentials.
    """
    try:
        host = backend_host(url)
    except UnfitHostError as error:
        return error.message
    if is_own_backend(host, sandbox_base):
        return None
    if host.name not in rules.hosts:
        return f"the host {host.name} is not confirmed"
    return unfit_host(host, rules)


def unfit_host(host: BackendHost, rules: DirectRules) -> str | None:
    """Return why a host may not be called even if it is confirmed; None: its name does not forbid it."""
    if host.scheme == "http" and not host.is_loopback:
        return f"{host.name} is called by http, which anyone on the way can read: only https may be called"
    return None if host.address is None else address_may_be_called(str(host.address), host, rules, None)


def address_may_be_called(
    address: str, host: BackendHost, rules: DirectRules, sandbox_base: str | None
) -> str | None:
    """Return why a connection for `host` may not go to this IP address; None: it may.

    To be asked of the very address that is connected to: what a name means may change between two questions.
    """
    if host.scheme == "http" and not is_loopback(address):
        return f"{host.name} is called by http and is not on this machine: only https may be called"
    if is_own_backend(host, sandbox_base) and is_loopback(address):
        return None
    kind = None if rules.allow_private else why_not_public(address)
    return None if kind is None else f"{host.name} is {kind}: {_ALLOW}"


def is_own_backend(host: BackendHost, sandbox_base: str | None) -> bool:
    """Return whether the host is the sandbox itself, whatever this machine is called in it."""
    if sandbox_base is None:
        return False
    own = backend_host(sandbox_base)
    return host.is_loopback and own.is_loopback and (host.scheme, host.port) == (own.scheme, own.port)
