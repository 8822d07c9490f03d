"""Which addresses are public, why one is not: a cloud's metadata service, a private network, loopback."""

import ipaddress
import socket
from typing import Final

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_CARRIER: Final = ipaddress.ip_network("100.64.0.0/10")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAT64: Final = ipaddress.ip_network("64:ff9b:1::/48")
_COMPATIBLE: Final = ipaddress.ip_network("::/96")
_UNIQUE_LOCAL: Final = ipaddress.ip_network("fc00::/7")
_SITE_LOCAL: Final = ipaddress.ip_network("fec0::/10")
_PRIVATE: Final = (_UNIQUE_LOCAL, _SITE_LOCAL, _LOCAL_NAT64)
_METADATA: Final = frozenset(map(ipaddress.ip_address, ("169.254.169.254", "fd00:ec2::254")))


def addresses_of(host: str, port: int) -> tuple[str, ...]:
    """Return every address that a name stands for now, in the order in which they are to be tried.

    Whoever connects takes one of these after `why_not_public`, and no other: the name may mean another one at
    the next question. Raises OSError where the name is unknown.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def why_not_public(address: str) -> str | None:
    """Return what kind of address it is where it is not one of the internet's; None where it is.

    An IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) counts as what it is. What is not an
    address at all is not public either.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "not an address"
    for one in (parsed, *_inside(parsed)):
        kind = _kind(one)
        if kind is not None:
            return kind
    return None


def is_loopback(address: str) -> bool:
    """Return whether it is an address of this machine."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return any(one.is_loopback for one in (parsed, *_inside(parsed)))


def _inside(address: _Address) -> tuple[ipaddress.IPv4Address, ...]:
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return tuple(each for each in found if each is not None)


def _kind(address: _Address) -> str | None:
    if address in _METADATA:
        return "the metadata service of a cloud"
    if address.is_loopback:
        return "this machine itself (loopback)"
    if address.is_link_local:
        return "a link-local address"
    if address.is_multicast:
        return "a multicast address"
    if address in _CARRIER:
        return "an address of a carrier's own network (100.64.0.0/10)"
    if any(address in network for network in _PRIVATE):
        return "an address of a private network"
    if address in _NAT64:
        return None  # the address inside decides
    if address.is_unspecified or address.is_reserved:
        return "a reserved address"
    if address.is_private:
        return "an address of a private network"
    if not address.is_global:
        return "a reserved address"
    return None
