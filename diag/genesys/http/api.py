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

from diag.genesys.api_errors import ApiError, NetworkError, ProxyAddressError
from diag.genesys.http.connection import Connection
from diag.genesys.http.login import BearerAuth, TokenSource
from diag.genesys.http.network_errors import network_error
from diag.genesys.http.pacing import RateBucket
from diag.genesys.http.retrying import call_with_retries, install_retry_hook
from diag.genesys.http.secret import Secret
from diag.genesys.replies.exact_length import EXACT, count_bytes, exact_reply
from diag.genesys.replies.fresh_reply import FRESH, demand_fresh, demand_whole
from diag.genesys.replies.json_reply import JsonObject, parse_object
from diag.genesys.replies.reply_bound import ENCODING, LIMIT, bound_reply
from diag.genesys.replies.text_reply import AS_IT_IS, plain_text
from diag.genesys.replies.which_api_error import CORRELATION_HEADER, error_reply
from diag.platform_facts.facts import PlatformFacts

CONNECT_S: Final = 10.0
REPLY_S: Final = 30.0

QueryParams = dict[str, str | int | bool]
OnReply = Callable[[int, Mapping[str, str]], None]
"""Called with the status and headers of every reply, repeated requests and logins included."""


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


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One administrative request, and what its reply must be.

    `needs`: the permissions that allow it, for the error text. `reads`: a POST that changes nothing.
    `repeat` False: sent once, whatever the answer. `written_back`: the reply is written back later, so a
    cache's answer is refused, and one of more than so many bytes, unpacked.
    """

    method: str
    path: str
    params: QueryParams | None = None
    body: object = None
    needs: tuple[str, ...] = ()
    reads: bool = False
    repeat: bool = True
    as_text: bool = False
    written_back: int | None = None

    @property
    def where(self) -> str:
        """Return how errors name it."""
        return f"{self.method} {self.path}"

    @property
    def headers(self) -> Mapping[str, str]:
        """Return its own headers."""
        if self.method == "GET":
            return {**FRESH, **(AS_IT_IS if self.as_text else {})}
        # The official SDKs say so even where a write has no body; 415 is among the declared statuses.
        return {"Content-Type": "application/json"}


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
        on_reply: OnReply | None = None,
    ) -> None:
        install_retry_hook()
        self.connection = connection
        self._bucket = bucket
        self._on_wait = on_wait
        self._answered = False
        self.requests = 0
        """Administrative requests sent so far, repeated ones included; logins are not."""
        try:
            self._http = httpx.Client(
                base_url=connection.api_base,
                headers={"User-Agent": user_agent, "Accept-Encoding": ENCODING},
                timeout=httpx.Timeout(REPLY_S, connect=CONNECT_S),
                verify=shared_ssl_context(),
                follow_redirects=False,
                event_hooks={
                    "request": [count_bytes],
                    "response": [*([_watched(on_reply)] if on_reply else ()), bound_reply, exact_reply],
                },
                # A proxy from the environment is for the internet, never for this machine.
                trust_env=not connection.is_loopback,
                transport=transport,
            )
        except (httpx.InvalidURL, ValueError):  # it reads the proxies, and where it may not use one
            raise ProxyAddressError from None
        self._tokens = TokenSource(connection, self._http)
        self._auth = BearerAuth(self._tokens)

    @property
    def platform(self) -> PlatformFacts:
        """Return what is known of the platform; nothing, where nothing was learnt."""
        return self.connection.platform

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def token(self) -> Secret:
        """Return the access token, logging in when needed (`TokenSource.token`)."""
        return self._tokens.token()

    def get(self, path: str, *, params: QueryParams | None = None, needs: tuple[str, ...] = ()) -> JsonObject:
        """GET a JSON object."""
        return self.call(ApiRequest("GET", path, params, needs=needs)).json(f"GET {path}")

    def get_text(self, path: str, *, needs: tuple[str, ...], most_bytes: int) -> str:
        """GET a plain text that is written back (templates; the platform wants `Accept: */*` there).

        Raises `UnexpectedReplyError` unless it is proven to have come whole, as it was sent.
        """
        request = ApiRequest("GET", path, needs=needs, as_text=True, written_back=most_bytes)
        return self.call(request).text(request.where)

    def send(self, method: str, path: str, body: object = None, *, needs: tuple[str, ...] = ()) -> JsonObject:
        """Send a write (POST, PATCH, PUT) and return the JSON object of the reply."""
        return self.call(ApiRequest(method, path, body=body, needs=needs)).json(f"{method} {path}")

    def query(self, path: str, body: object, *, needs: tuple[str, ...] = ()) -> JsonObject:
        """POST a query that changes nothing; retried as a GET is."""
        return self.call(ApiRequest("POST", path, body=body, needs=needs, reads=True)).json(f"POST {path}")

    def delete(self, path: str, *, needs: tuple[str, ...] = ()) -> None:
        """DELETE; the reply has no body."""
        self.call(ApiRequest("DELETE", path, needs=needs))

    def send_once(self, path: str, body: object, *, params: QueryParams | None, wait_s: float) -> RawReply:
        """POST exactly once and return whatever came back.

        Raises `NetworkError` when nothing did, `UnexpectedReplyError` for a reply that is too large.
        """
        self.token()  # log in before the clock starts
        try:
            response = self._http.post(
                self._address(path, params),
                json=body,
                auth=self._auth,
                timeout=httpx.Timeout(wait_s, connect=CONNECT_S),
            )
        except httpx.RequestError as error:
            raise network_error(error, f"POST {path}") from None
        return _raw(response)

    def call(self, request: ApiRequest) -> RawReply:
        """Make one administrative call: paced, retried as `retrying.py` says, errors raised."""
        if not request.repeat:
            return self._attempt(request)
        return call_with_retries("GET" if request.reads else request.method, lambda: self._attempt(request))

    def _attempt(self, request: ApiRequest) -> RawReply:
        self._bucket.take(self._on_wait)
        self.requests += 1
        where = request.where
        try:
            response = self._http.request(
                request.method,
                self._address(request.path, request.params),
                json=request.body,
                headers=request.headers,
                auth=self._auth,
                extensions={LIMIT: request.written_back, EXACT: request.as_text},
            )
        except httpx.RequestError as error:
            raise self._first_contact(network_error(error, where)) from None
        self._answered = True
        if response.status_code >= 300:
            raise error_reply(response.status_code, response.headers, response.content, where, request.needs)
        if request.method == "GET":
            demand_whole(response.status_code, where)
        if request.written_back is not None:
            demand_fresh(response.headers, where)
        return _raw(response)

    def _address(self, path: str, params: QueryParams | None) -> httpx.URL:
        """Return where a request goes. It is parsed once: httpx, given base and path, parses three addresses.

        Raises ValueError for a path without its slash, which would become a part of the host's name.
        """
        if not path.startswith("/"):
            raise ValueError("a path begins with a slash")
        whole = f"{self.connection.api_base}{path}"
        return httpx.URL(whole, params=params) if params else httpx.URL(whole)

    def _first_contact(self, error: ApiError) -> ApiError:
        """Report a wrong address at once; a connection that worked before is worth another try."""
        if isinstance(error, NetworkError) and not self._answered and not error.sent:
            error.repeatable = False
        return error


def _watched(on_reply: OnReply) -> Callable[[httpx.Response], None]:
    return lambda response: on_reply(response.status_code, response.headers)


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
