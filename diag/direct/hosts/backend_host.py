"""The host of an address, in one form only: however it is written, the same host has the same name."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final, Literal

import idna

from diag.errors import DiagError

Scheme = Literal["http", "https"]

_PORTS: Final = {"http": 80, "https": 443}
_URL: Final = re.compile(r"(https?)://([^/?#]*)", re.IGNORECASE)
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_PORT: Final = re.compile(r"[0-9]{1,5}")
_MOST_CHARACTERS: Final = 253
_NAME_HINT: Final = "For example: api.example.com, or api.example.com:8443 for a port of its own."


class UnfitHostError(DiagError):
    """Raised for an address that no call may go to. Its text says what is wrong, never the address itself:
    it may hold inputs and credentials."""

    category = "usage"


@dataclass(frozen=True, slots=True)
class BackendHost:
    """Where a request goes: `host` in lower case ASCII, an IPv6 address without brackets."""

    scheme: Scheme
    host: str
    port: int

    @property
    def base(self) -> str:
        """Return where connections go: `https://api.example.com:443`."""
        return f"{self.scheme}://{self._in_brackets}:{self.port}"

    @property
    def _in_brackets(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def name(self) -> str:
        """Return how it is confirmed: `api.example.com`, with `:port` where it is not the scheme's own."""
        host = self._in_brackets
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def address(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        """Return the address that the host is; None for a name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None

    @property
    def is_loopback(self) -> bool:
        """Return whether it is this machine by its name: `localhost`, 127.0.0.1, [::1] and the like."""
        address = self.address
        if address is None:
            return self.host == "localhost" or self.host.endswith(".localhost")
        return address.is_loopback


def backend_host(url: str) -> BackendHost:
    """Return the host of a whole URL. Raises UnfitHostError for one that could be read in two ways.

    Refused are: another scheme than http or https, user info, spaces, backslashes and escapes in the host,
    and numbers that some resolvers take for an IPv4 address (`0x7f.1`, `2130706433`, `0177.0.0.1`).
    """
    if any(character <= " " or character == "\x7f" for character in url):
        raise UnfitHostError("The address holds a space or a control character.")
    found = _URL.match(url)
    if found is None:
        raise UnfitHostError("The address does not begin with https:// and a host.")
    scheme: Scheme = "https" if found[1].lower() == "https" else "http"
    authority = found[2]
    if "@" in authority:
        raise UnfitHostError("The address holds a user name or password before its host.")
    host, port = _split(authority)
    return BackendHost(scheme, _host(host), _PORTS[scheme] if port == "" else _port(port))


def host_name(text: str) -> str:
    """Return the name of a host as a person wrote it (`API.example.com:8443`), as `BackendHost.name` has it.

    Raises UnfitHostError, with what would be right.
    """
    if any(character in "/?#@\\" for character in text):
        raise UnfitHostError("It is more than a host.", hint=_NAME_HINT)
    try:
        return backend_host(f"https://{text}").name
    except UnfitHostError as error:
        raise UnfitHostError(error.message.replace("The address", "It"), hint=_NAME_HINT) from None


def _split(authority: str) -> tuple[str, str]:
    if authority.startswith("["):
        inside, bracket, rest = authority[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise UnfitHostError("The address has a bracket that does not close.")
        return f"[{inside}", rest[1:]
    host, _, port = authority.partition(":")
    return host, port


def _port(port: str) -> int:
    if not _PORT.fullmatch(port) or not 1 <= int(port) <= 65_535:
        raise UnfitHostError("The address has a port that is not a number from 1 to 65535.")
    return int(port)


def _host(host: str) -> str:
    if host.startswith("["):
        try:
            address = ipaddress.IPv6Address(host[1:])
        except ValueError:
            raise UnfitHostError("The address has brackets around what is not an IPv6 address.") from None
        if address.scope_id is not None:
            raise UnfitHostError("The address names a network interface (a zone after %).")
        return str(address.ipv4_mapped or address)
    name = _ascii(host).removesuffix(".")
    labels = name.split(".")
    if len(name) > _MOST_CHARACTERS or not all(_LABEL.fullmatch(label) for label in labels):
        raise UnfitHostError("The address has no host, or one that is not a name or an IP address.")
    if labels[-1].isdigit() or re.fullmatch(r"0x[0-9a-f]*", labels[-1]):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            raise UnfitHostError(
                "The address has a number for a host that is not a plain IPv4 address such as 192.0.2.1."
            ) from None
    return name


def _ascii(host: str) -> str:
    """Return a host in lower case ASCII: `bücher.example` is `xn--bcher-kva.example`."""
    if host.isascii():
        return host.lower()
    if len(host) > _MOST_CHARACTERS:
        raise UnfitHostError("The address has a host that is too long.")
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        raise UnfitHostError("The address has a host with characters that no domain may have.") from None
