"""OAuth client credentials: one token, cached, renewed before it expires, asked for by one thread at a time.

`POST {login}/oauth/token`, Basic, `grant_type=client_credentials` (docs/genesys-api.md, "Login"). There is no
refresh token: the grant is run again. A ready token (`GENESYSCLOUD_ACCESS_TOKEN`, read in
`diag/setting_sources.py`) is used instead, and never renewed. A login that fails is retried by the one
thread that asks; how it ended, token or error, is the answer for all who waited, so that no storm of logins
meets a login host in trouble.
"""

import copy
import re
import threading
import time
from collections.abc import Callable, Generator
from typing import Final

import httpx

from analysis.format.json_within_limits import UnfitJsonError, parse_json
from diag.genesys.api_errors import (
    ApiError,
    LoginError,
    NetworkError,
    RateLimitedError,
    UnexpectedReplyError,
)
from diag.genesys.http.connection import Connection
from diag.genesys.http.network_errors import network_error
from diag.genesys.http.retrying import call_with_retries
from diag.genesys.http.secret import Secret
from diag.genesys.replies.json_reply import JsonObject, optional_int, optional_text, parse_object, text
from diag.genesys.replies.which_api_error import error_reply

_WHERE: Final = "POST /oauth/token"
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]+")
"""What may stand behind `Bearer` (RFC 6750, 2.1): a line break there would begin another header."""

SHORTEST_LIFE_S: Final = 300.0
"""A token lives 5 minutes to 48 hours, as the OAuth client is set up; this if the reply lacks it."""

_EARLY_S: Final = 60.0
"""Renew this much before expiry (the official Go SDK does), or a quarter of a shorter life."""

FAILURE_KEPT_S: Final = 10.0
"""So long a login that failed, retries included, answers every caller without another request."""


class TokenSource:
    """Gives the access token, logging in when needed. Thread-safe; callers wait while one of them logs in.

    `clock` (seconds, monotonic) is for tests.
    """

    def __init__(
        self, connection: Connection, http: httpx.Client, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._connection = connection
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._token: Secret | None = connection.access_token
        self._renew_at = self._expires_at = float("inf")
        self._answered = False
        self._failure: ApiError | None = None
        self._ask_again_at = 0.0

    @property
    def renewable(self) -> bool:
        """Return whether a new token can be asked for; a given access token cannot be renewed."""
        return self._connection.access_token is None

    def token(self) -> Secret:
        """Return a token that is valid for a while.

        Raises any `ApiError` of the login, `repeatable` False: its retries are over. A failure is
        remembered for `FAILURE_KEPT_S`; the token in hand serves as long as it lives.
        """
        with self._lock:
            if self._token is not None and self._clock() < self._renew_at:
                return self._token
            failure = self._failure
            if failure is None or self._clock() >= self._ask_again_at:
                try:
                    self._token, self._failure = call_with_retries("GET", self._login), None
                    return self._token
                except ApiError as error:
                    failure = self._failure = error
                    failure.repeatable = False
                    self._ask_again_at = self._clock() + FAILURE_KEPT_S
            if self._token is not None and self._clock() < self._expires_at:
                return self._token
            raise copy.copy(failure)  # a traceback of its own for each caller

    def discard(self, token: Secret) -> None:
        """Forget `token` after a 401, unless another thread has already replaced it."""
        with self._lock:
            if self._token == token and self.renewable:
                self._token = None

    def _login(self) -> Secret:
        client_id, secret = self._connection.client_id, self._connection.client_secret
        if not client_id or not secret:
            raise LoginError(
                "There are no credentials for Genesys Cloud.",
                hint="Set GENESYSCLOUD_OAUTHCLIENT_ID, GENESYSCLOUD_OAUTHCLIENT_SECRET and "
                "GENESYSCLOUD_REGION, or try everything without an org: diag demo",
            )
        asked_at = self._clock()
        try:
            response = self._http.post(
                f"{self._connection.login_base}/oauth/token",
                data={"grant_type": "client_credentials"},
                auth=httpx.BasicAuth(client_id, secret.reveal()),
            )
        except httpx.RequestError as error:
            failed = network_error(error, _WHERE)
            if isinstance(failed, NetworkError):
                failed.sent = failed.gave_up = False  # the call that needed the token was not sent
            # A wrong address is reported at once; a host that answered before is worth trying again.
            failed.repeatable = failed.repeatable and self._answered
            raise failed from None
        self._answered = True
        if response.status_code != 200:
            raise _login_error(response, client_id)
        reply = parse_object(response.content, _WHERE, content_type=response.headers.get("Content-Type"))
        given_s = optional_int(reply, "expires_in") or 0
        life_s = float(given_s) if given_s > 0 else SHORTEST_LIFE_S
        given = text(reply, "access_token", _WHERE)
        if not _TOKEN.fullmatch(given):
            raise UnexpectedReplyError(
                f"The access token in the reply of {_WHERE} has characters that no token has.",
                hint="Is GENESYSCLOUD_REGION right, and is there a proxy in between?",
            )
        token = Secret(given)
        self._expires_at = asked_at + life_s
        self._renew_at = self._expires_at - min(_EARLY_S, life_s / 4)
        return token


class BearerAuth(httpx.Auth):
    """Sends the token along; after a 401 asks for a new one and tries exactly once more.

    That also holds for test calls: a 401 is answered before anything is run.
    """

    def __init__(self, source: TokenSource) -> None:
        self._source = source

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yield the request with its token, and once more after a 401."""
        token = self._source.token()
        request.headers["Authorization"] = f"Bearer {token.reveal()}"
        response = yield request
        if response.status_code == 401 and self._source.renewable:
            self._source.discard(token)
            request.headers["Authorization"] = f"Bearer {self._source.token().reveal()}"
            yield request


def _login_error(response: httpx.Response, client_id: str) -> ApiError:
    """Tell wrong credentials from throttling (400 "rate limit exceeded": as the Terraform provider does)."""
    general = error_reply(response.status_code, response.headers, response.content, _WHERE)
    try:
        reply: JsonObject = parse_json(response.content)
        kind, message = optional_text(reply, "error"), optional_text(reply, "error_description") or ""
    except (UnfitJsonError, AttributeError):
        return general
    error: ApiError
    if isinstance(general, RateLimitedError) or "rate limit exceeded" in message.lower():
        error = RateLimitedError(
            "Genesys limits our logins.", hint="Wait a minute; let one process log in, not many."
        )
        error.limit_namespace = "auth.api"
    elif response.status_code in (400, 401, 403):
        error = LoginError(
            f"Genesys does not accept the OAuth client {client_id} ({kind or response.status_code}).",
            hint="Check id, secret and region (a client is known only in its own region), "
            "and that its grant type is Client Credentials.",
        )
    else:
        return general
    error.status, error.code = general.status, kind
    error.correlation_id, error.retry_after_s = general.correlation_id, general.retry_after_s
    error.details = (f"Genesys says: {message}", *general.details) if message else general.details
    return error
