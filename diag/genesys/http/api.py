"""The HTTP side of the client: one connection pool, one token, one rate bucket, errors explained.

Administrative calls go through the bucket and are retried (`retrying.py`). Test calls go through
`send_once`: no bucket, no retry, no error for what the platform answers.
"""

import functools
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from diag.genesys.errors import ApiError, NetworkError, ProxyAddressError
from diag.genesys.http.connection import Connection
from diag.genesys.http.error_reply import CORRELATION_HEADER, error_reply
from diag.genesys.http.fresh_reply import FRESH, demand_fresh, demand_whole
from diag.genesys.http.json_reply import JsonObject, parse_object
from diag.genesys.http.login import BearerAuth, TokenSource
from diag.genesys.http.network_errors import network_error
from diag.genesys.http.pacing import RateBucket
from diag.genesys.http.reply_bound import ENCODING, LIMIT, bound_reply
from diag.genesys.http.retrying import call_with_retries, install_retry_hook
from diag.genesys.http.secret import Secret
from diag.genesys.http.text_reply import AS_IT_IS, plain_text

CONNECT_S: Final = 10.0
REPLY_S: Final = 30.0

QueryParams = dict[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class RawReply:
    """A reply as it came. `elapsed_ms`: sent to last byte of this attempt, without login.

    `received`: bytes of its body on the wire.
    """

    status: int
    body: bytes
    elapsed_ms: float
    correlation_id: str | None
    date: str | None = None
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    received: int = 0

    def json(self, where: str, *, keys_once: bool = False) -> JsonObject:
        """Return the JSON object in the body. Raises `UnexpectedReplyError` naming `where` it came from.

        `keys_once` for what is written back: an object that names a key twice is refused.
        """
        return parse_object(self.body, where, content_type=self.content_type, keys_once=keys_once)

    def text(self, where: str) -> str:
        """Return the text in the body. Raises `UnexpectedReplyError` unless it came whole for certain."""
        return plain_text(self.body, self.headers, self.received, where)


class Api:
    """Talks to one org. Thread-safe; close it."""

    def __init__(
        self,
        connection: Connection,
        *,
        user_agent: str,
        bucket: RateBucket,
        transport: httpx.BaseTransport | None = None,
        on_wait: Callable[[float], None] | None = None,
    ) -> None:
        install_retry_hook()
        self.connection = connection
        self._bucket = bucket
        self._on_wait = on_wait
        self._answered = False
        try:
            self._http = httpx.Client(
                base_url=connection.api_base,
                headers={"User-Agent": user_agent, "Accept-Encoding": ENCODING},
                timeout=httpx.Timeout(REPLY_S, connect=CONNECT_S),
                verify=shared_ssl_context(),
                follow_redirects=False,
                event_hooks={"response": [bound_reply]},
                # A proxy from the environment is for the internet, never for this machine.
                trust_env=not connection.is_loopback,
                transport=transport,
            )
        except (httpx.InvalidURL, ValueError):  # it reads the proxies, and where it may not use one
            raise ProxyAddressError from None
        self._tokens = TokenSource(connection, self._http)
        self._auth = BearerAuth(self._tokens)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def token(self) -> Secret:
        """Return the access token, logging in when needed (`TokenSource.token`)."""
        return self._tokens.token()

    def get(self, path: str, *, params: QueryParams | None = None, needs: tuple[str, ...] = ()) -> JsonObject:
        """GET a JSON object."""
        return self.call("GET", path, params=params, needs=needs).json(f"GET {path}")

    def get_text(self, path: str, *, needs: tuple[str, ...] = (), most_bytes: int | None = None) -> str:
        """GET a plain text (templates; the platform wants `Accept: */*` there).

        Raises `UnexpectedReplyError` unless it is proven to have come whole, as it was sent.
        """
        reply = self.call("GET", path, needs=needs, headers=AS_IT_IS, most_bytes=most_bytes, fresh=True)
        return reply.text(f"GET {path}")

    def send(self, method: str, path: str, body: object = None, *, needs: tuple[str, ...] = ()) -> JsonObject:
        """Send a write (POST, PATCH, PUT) and return the JSON object of the reply."""
        return self.call(method, path, body=body, needs=needs).json(f"{method} {path}")

    def query(self, path: str, body: object, *, needs: tuple[str, ...] = ()) -> JsonObject:
        """POST a query that changes nothing; retried as a GET is."""
        return self.call("POST", path, body=body, needs=needs, reads=True).json(f"POST {path}")

    def delete(self, path: str, *, needs: tuple[str, ...] = ()) -> None:
        """DELETE; the reply has no body."""
        self.call("DELETE", path, needs=needs)

    def send_once(self, path: str, body: object, *, params: QueryParams | None, wait_s: float) -> RawReply:
        """POST exactly once and return whatever came back.

        Raises `NetworkError` when nothing did, `UnexpectedReplyError` for a reply that is too large.
        """
        self.token()  # log in before the clock starts
        try:
            response = self._http.post(
                path,
                json=body,
                params=params,
                auth=self._auth,
                timeout=httpx.Timeout(wait_s, connect=CONNECT_S),
            )
        except httpx.RequestError as error:
            raise network_error(error, f"POST {path}") from None
        return _raw(response)

    def call(
        self,
        method: str,
        path: str,
        *,
        params: QueryParams | None = None,
        body: object = None,
        needs: tuple[str, ...] = (),
        reads: bool = False,
        repeat: bool = True,
        headers: Mapping[str, str] | None = None,
        most_bytes: int | None = None,
        fresh: bool = False,
    ) -> RawReply:
        """Make one administrative call: paced, retried as `retrying.py` says, errors raised.

        `needs`: the permissions that allow it, for the error text. `reads`: a POST that changes nothing.
        `repeat` False: sent once, whatever the answer.
        `most_bytes`: what the reply may hold, unpacked, where that is less than what any may.
        `fresh`: it is written back, so a cache's answer is refused.
        """

        # The official SDKs say so even where a write has no body; 415 is among the declared statuses.
        extra = {**FRESH, **(headers or {})} if method == "GET" else {"Content-Type": "application/json"}

        def attempt_once() -> RawReply:
            self._bucket.take(self._on_wait)
            where = f"{method} {path}"
            try:
                response = self._http.request(
                    method,
                    path,
                    params=params,
                    json=body,
                    headers=extra,
                    auth=self._auth,
                    extensions={LIMIT: most_bytes},
                )
            except httpx.RequestError as error:
                raise self._first_contact(network_error(error, where)) from None
            self._answered = True
            if response.status_code >= 300:
                raise error_reply(response.status_code, response.headers, response.content, where, needs)
            if method == "GET":
                demand_whole(response.status_code, where)
            if fresh:
                demand_fresh(response.headers, where)
            return _raw(response)

        return call_with_retries("GET" if reads else method, attempt_once) if repeat else attempt_once()

    def _first_contact(self, error: ApiError) -> ApiError:
        """Report a wrong address at once; a connection that worked before is worth another try."""
        if isinstance(error, NetworkError) and not self._answered and not error.sent:
            error.repeatable = False
        return error


def _raw(response: httpx.Response) -> RawReply:
    return RawReply(
        status=response.status_code,
        body=response.content,
        elapsed_ms=response.elapsed.total_seconds() * 1000.0,
        correlation_id=response.headers.get(CORRELATION_HEADER),
        date=response.headers.get("Date"),
        content_type=response.headers.get("Content-Type"),
        headers=response.headers,
        received=response.num_bytes_downloaded,
    )


@functools.cache
def shared_ssl_context() -> ssl.SSLContext:
    """Return the one verifying TLS context: loading certificates costs 30 ms of blocked CPU each time."""
    return httpx.create_ssl_context()
