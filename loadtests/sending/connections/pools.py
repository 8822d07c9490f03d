"""geventhttpclient's connection pool, one for each address of a process; no retries.

Certificates are verified, through one SSLContext for the whole process: geventhttpclient otherwise reloads
the CA bundle for each user, which blocks every greenlet for 30 ms.
"""

import math
import socket
import ssl
import time
from collections.abc import Callable
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from geventhttpclient.connectionpool import ConnectionPool, SSLConnectionPool

from loadtests.sending.connections.error_codes import (
    ADDRESS_REFUSED,
    PROXY_REFUSED,
    NamedNetworkError,
)
from loadtests.sending.connections.proxy import proxy_for

_CONNECT_TIMEOUT_S: Final = 10.0
ENOUGH_CONNECTS: Final = 5


@cache
def shared_ssl_context() -> ssl.SSLContext:
    """Return the one verified TLS context of this process."""
    return ssl.create_default_context()


class _CountsNew:
    """Mixed into a pool: knows which sockets have just been opened, and turns Nagle's algorithm off."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.fresh: set[int] = set()
        super().__init__(*args, **kwargs)

    def after_connect(self, sock: Any) -> None:
        """Called by the pool for each new connection."""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.fresh.add(id(sock))


class _TimesConnects(ConnectionPool):
    """Knows the fastest TCP connect so far: one round trip, without the TLS handshake that follows.

    Nothing is sent to an address that `may_connect` refuses: it is asked of the one that is connected to.
    """

    rtt_ms = math.nan
    connects = 0
    may_connect: Callable[[str], bool] | None = None

    def _connect_socket(self, sock: Any, address: Any) -> Any:
        if self.may_connect is not None and not self.may_connect(address[0]):
            raise NamedNetworkError(ADDRESS_REFUSED)
        began = time.perf_counter()
        connected = super()._connect_socket(sock, address)
        took_ms = (time.perf_counter() - began) * 1000
        if not self.rtt_ms <= took_ms:  # also while it is NaN
            self.rtt_ms = took_ms
        self.connects += 1
        return connected


class _PlainPool(_CountsNew, _TimesConnects):
    pass


class _TlsPool(_CountsNew, SSLConnectionPool, _TimesConnects):
    """TLS wraps what `_TimesConnects` connected: it comes after SSLConnectionPool in the order of calls."""

    def _setup_proxy(self, sock: Any) -> None:
        try:
            super()._setup_proxy(sock)
        except RuntimeError:  # what geventhttpclient raises then
            raise NamedNetworkError(PROXY_REFUSED) from None


class Connections:
    """The connections to one base address (`https://host:port`, what follows does not matter).

    `most` is the most that can be open; one more would wait, so it lies above the in-flight cap. What
    `may_connect` says of an IP address is not asked behind a proxy, which resolves names itself.
    """

    def __init__(
        self,
        base: str,
        *,
        most: int,
        network_timeout_s: float = 75.0,
        may_connect: Callable[[str], bool] | None = None,
    ) -> None:
        address = urlsplit(base)
        tls = address.scheme == "https"
        host = address.hostname or ""
        port = address.port or (443 if tls else 80)
        pool_options: dict[str, Any] = {
            "size": most,
            "connection_timeout": _CONNECT_TIMEOUT_S,
            "network_timeout": network_timeout_s,
        }
        self._proxied = False
        connect_to = (host, port)
        if (proxy := proxy_for(base)) is not None:
            self._proxied = True
            connect_to = (proxy.host, proxy.port)
            pool_options.update(use_proxy=True, proxy_user=proxy.user, proxy_password=proxy.password)
        if tls:
            pool_options["ssl_context_factory"] = lambda cafile=None: shared_ssl_context()
            pool_options["ssl_options"] = {"server_hostname": host}
        self.pool = (_TlsPool if tls else _PlainPool)(*connect_to, host, port, **pool_options)
        """As `HTTPSocketPoolResponse` wants it."""
        if not self._proxied:
            self.pool.may_connect = may_connect

    @property
    def rtt_ms(self) -> float:
        """Return the network's round trip: the fastest TCP connect; NaN before ENOUGH_CONNECTS of them.

        It is taken off the latencies, so one connect at a busy moment must not stand for it. Through a proxy
        it is unknown: a connect goes only as far as the proxy.
        """
        known = self.pool.connects >= ENOUGH_CONNECTS and not self._proxied
        return self.pool.rtt_ms if known else math.nan

    def take(self) -> tuple[Any, bool]:
        """Return a connected socket and whether it was opened just now. Raises one of NETWORK_ERRORS."""
        sock = self.pool.get_socket()
        key = id(sock)
        if key in self.pool.fresh:
            self.pool.fresh.discard(key)
            return sock, True
        return sock, False

    def give_back(self, sock: Any) -> None:
        """Keep a connection that was taken for a later call."""
        self.pool.return_socket(sock)

    def drop(self, sock: Any) -> None:
        """Close a connection that was taken."""
        self.pool.release_socket(sock)

    def close(self) -> None:
        """Close every idle connection."""
        self.pool.close()
