"""HTTP beneath the users: geventhttpclient's connection pool, one for the process, and no retries.

Half of what a FastHttpSession call costs is building the same headers again
(docs/load.md, "What a call costs"), so a request is prepared once as bytes. A connection is taken *before*
the clock starts: opening one is not time the action took. Certificates are verified, through one SSLContext
for the whole process: geventhttpclient otherwise reloads the CA bundle for each user, which blocks every
greenlet for 30 ms.
"""

import errno
import math
import socket
import ssl
import time
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import quote, urlsplit

from geventhttpclient.connectionpool import ConnectionPool, SSLConnectionPool
from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError, HTTPSocketPoolResponse

from analysis.format.sample_schema import ActionVersion
from loadtests.sending.proxy import proxy_for

USER_AGENT: Final = "genesys-diag-load"
_BLOCK_SIZE: Final = 65536
_CONNECT_TIMEOUT_S: Final = 10.0
ENOUGH_CONNECTS: Final = 5
MOST_BYTES: Final = 64 << 20
"""Of a reply's body. It is never unpacked: no encoding is asked for."""

NETWORK_ERRORS: Final = (OSError, HTTPParseError)
"""What a call may raise besides a clean reply; a socket timeout (TimeoutError) is an OSError too."""


@cache
def shared_ssl_context() -> ssl.SSLContext:
    """Return the one verified TLS context of this process."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, whole body, and the platform's correlation id (empty when absent)."""

    status: int
    body: bytes
    correlation_id: str
    retry_after: str


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
    """Knows the fastest TCP connect so far: one round trip, without the TLS handshake that follows."""

    rtt_ms = math.nan
    connects = 0

    def _connect_socket(self, sock: Any, address: Any) -> Any:
        began = time.perf_counter()
        connected = super()._connect_socket(sock, address)
        took_ms = (time.perf_counter() - began) * 1000
        if not self.rtt_ms <= took_ms:  # also while it is NaN
            self.rtt_ms = took_ms
        self.connects += 1
        return connected


class _PlainPool(_CountsNew, _TimesConnects):
    pass


class _ProxyRefusedError(OSError):
    """Raised when the proxy does not open a way to the org."""


class _TooLargeError(OSError):
    """Raised for a reply beyond MOST_BYTES."""


class _TlsPool(_CountsNew, SSLConnectionPool, _TimesConnects):
    """TLS wraps what `_TimesConnects` connected: it comes after SSLConnectionPool in the order of calls."""

    def _setup_proxy(self, sock: Any) -> None:
        try:
            super()._setup_proxy(sock)
        except RuntimeError as error:  # what geventhttpclient raises then
            raise _ProxyRefusedError(str(error)) from None


class Transport:
    """Sends prepared requests to one base address.

    `connections` is the most that can be open; one more would wait, so it lies above the in-flight cap.
    """

    def __init__(self, api_base: str, *, connections: int, network_timeout_s: float = 75.0) -> None:
        address = urlsplit(api_base)
        tls = address.scheme == "https"
        host = address.hostname or ""
        port = address.port or (443 if tls else 80)
        self._path = address.path.rstrip("/")
        self._host_header = address.netloc.rpartition("@")[2]
        pool_options: dict[str, Any] = {
            "size": connections,
            "connection_timeout": _CONNECT_TIMEOUT_S,
            "network_timeout": network_timeout_s,
        }
        self._proxied = False
        connect_to = (host, port)
        if (proxy := proxy_for(api_base)) is not None:
            self._proxied = True
            connect_to = (proxy.host, proxy.port)
            pool_options.update(use_proxy=True, proxy_user=proxy.user, proxy_password=proxy.password)
        if tls:
            pool_options["ssl_context_factory"] = lambda cafile=None: shared_ssl_context()
            pool_options["ssl_options"] = {"server_hostname": host}
        self._pool = (_TlsPool if tls else _PlainPool)(*connect_to, host, port, **pool_options)

    @property
    def rtt_ms(self) -> float:
        """Return the network's round trip: the fastest TCP connect; NaN before ENOUGH_CONNECTS of them.

        It is taken off the latencies, so one connect at a busy moment must not stand for it. Through a proxy
        it is unknown: a connect goes only as far as the proxy.
        """
        known = self._pool.connects >= ENOUGH_CONNECTS and not self._proxied
        return self._pool.rtt_ms if known else math.nan

    def prepare(self, action_id: str, target: ActionVersion, body: bytes, token: str) -> bytes:
        """Return the whole request as bytes: POST .../test (or .../draft/test) with this body."""
        step = "draft/test" if target is ActionVersion.DRAFT else "test"
        return (
            f"POST {self._path}/api/v2/integrations/actions/{quote(action_id, safe='')}/{step} HTTP/1.1\r\n"
            f"Host: {self._host_header}\r\n"
            f"Authorization: Bearer {token}\r\n"
            f"User-Agent: {USER_AGENT}\r\n"
            "Accept: application/json\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode("latin-1") + body

    def connect(self) -> tuple[Any, bool]:
        """Return a connected socket and whether it was opened just now. Raises one of NETWORK_ERRORS."""
        sock = self._pool.get_socket()
        key = id(sock)
        if key in self._pool.fresh:
            self._pool.fresh.discard(key)
            return sock, True
        return sock, False

    def exchange(self, sock: Any, request: bytes, limit_s: float) -> Reply:
        """Send and read the whole reply; the socket goes back to the pool, or is closed after any failure.

        Raises TimeoutError after `limit_s` without a byte, otherwise one of NETWORK_ERRORS.
        """
        try:
            sock.settimeout(limit_s)
            sock.sendall(request)
        except BaseException:  # also when killed at the end of a run: the socket must not stay taken
            self._pool.release_socket(sock)
            raise
        response = HTTPSocketPoolResponse(sock, self._pool, block_size=_BLOCK_SIZE, method="POST")
        body = _whole_body(response)
        headers = response.info()
        return Reply(
            response.get_code(), body, _text(headers, "inin-correlation-id"), _text(headers, "retry-after")
        )

    def close(self) -> None:
        """Close every idle connection."""
        self._pool.close()


def error_name(error: BaseException) -> str:
    """Return a short stable name for a network failure, used as `error_code`."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate_not_verified"
    if isinstance(error, ssl.SSLError):
        return "tls_error"
    if isinstance(error, TimeoutError):
        return "no_reply"
    if isinstance(error, _ProxyRefusedError):
        return "proxy_refused"
    if isinstance(error, _TooLargeError):
        return "reply_too_large"
    if isinstance(error, socket.gaierror):
        return "name_not_resolved"
    if isinstance(error, HTTPConnectionClosed):
        return "connection_closed"
    if isinstance(error, HTTPParseError):
        return "not_http"
    if isinstance(error, OSError) and error.errno is not None and error.errno in errno.errorcode:
        return errno.errorcode[error.errno].lower()
    return type(error).__name__.lower()


def _whole_body(response: HTTPSocketPoolResponse) -> bytes:
    body = response.read(_BLOCK_SIZE)
    if len(body) < _BLOCK_SIZE:  # nearly every reply
        return body
    whole, block = bytearray(body), body
    while len(block) == _BLOCK_SIZE:
        if len(whole) > MOST_BYTES:
            response.release()  # which closes it: the rest is still on its way
            raise _TooLargeError
        block = response.read(_BLOCK_SIZE)
        whole += block
    return bytes(whole)


def _text(headers: Any, name: str) -> str:
    value = headers.get(name)
    return value if isinstance(value, str) else ""
