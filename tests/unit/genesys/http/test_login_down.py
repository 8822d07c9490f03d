"""A login that fails: asked for once for everybody, remembered for a short time, then tried again."""

import threading
from dataclasses import dataclass, field

import httpx
import pytest
import respx
import stamina
from hypothesis import given
from hypothesis import strategies as st

from diag.genesys.api_errors import ApiError, LoginError, NetworkError, PlatformError, RateLimitedError
from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.login import FAILURE_KEPT_S, TokenSource
from diag.genesys.http.secret import Secret
from tests.support.genesys.respx_org import ME

CREDENTIALS = Connection.to(region="us-east-1", client_id="c", client_secret=Secret("s"))
ATTEMPTS = 6  # of one login, as tests/unit/genesys/conftest.py sets them


@dataclass
class LoginHost:
    """Answers logins by `status`, counts them, and keeps the time."""

    status: int = 200
    life_s: float = 3600.0
    now_s: float = 1000.0
    asked: int = 0
    given: list[tuple[str, float]] = field(default_factory=list)

    def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.status != 200:
            return httpx.Response(self.status, json={"error": "invalid_client"})
        self.given.append((f"token-{self.asked}", self.now_s + self.life_s))
        return httpx.Response(200, json={"access_token": f"token-{self.asked}", "expires_in": self.life_s})

    def source(self) -> TokenSource:
        http = httpx.Client(transport=httpx.MockTransport(self))
        return TokenSource(CREDENTIALS, http, clock=lambda: self.now_s)


@pytest.mark.parametrize(
    ("status", "raised", "requests"),
    [(503, PlatformError, ATTEMPTS), (429, RateLimitedError, ATTEMPTS), (401, LoginError, 1)],
)
def test_many_callers_meet_a_login_that_is_down_with_the_requests_of_one(
    status: int, raised: type[ApiError], requests: int
) -> None:
    host, errors = LoginHost(status), []
    source, together = host.source(), threading.Barrier(12)

    def ask() -> None:
        together.wait()
        try:
            source.token()
        except ApiError as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert host.asked == requests
    assert [type(error) for error in errors] == [raised] * 12
    assert not any(error.repeatable for error in errors)
    assert len({id(error) for error in errors}) == 12, "one object would collect the tracebacks of all"


def test_a_failure_is_forgotten_after_a_short_time() -> None:
    host = LoginHost(401)
    source = host.source()
    for now_s, asked in ((0.0, 1), (FAILURE_KEPT_S - 0.1, 1), (FAILURE_KEPT_S, 2), (FAILURE_KEPT_S + 1, 2)):
        host.now_s = 1000.0 + now_s
        with pytest.raises(LoginError):
            source.token()
        assert host.asked == asked
    host.status, host.now_s = 200, 1000.0 + 2 * FAILURE_KEPT_S
    assert source.token() == Secret("token-3")


def test_the_token_in_hand_serves_while_a_renewal_fails_and_no_longer_than_it_lives() -> None:
    host = LoginHost(life_s=100.0)
    source = host.source()
    first = source.token()
    host.status = 401
    for second, asked in ((76.0, 2), (80.0, 2), (99.0, 3)):
        host.now_s = 1000.0 + second
        assert source.token() == first and host.asked == asked
    host.now_s = 1100.0
    with pytest.raises(LoginError):
        source.token()
    assert host.asked == 3


def test_an_administrative_call_does_not_retry_what_the_login_has_retried(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    wire["login"].respond(503)
    wire.get(ME).respond(json={"id": "org-1", "name": "Acme"})
    for _ in range(3):
        with pytest.raises(PlatformError):
            client.organization()
    assert wire["login"].call_count == ATTEMPTS


def test_a_lost_login_says_that_the_call_was_neither_sent_nor_waited_for(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    wire["login"].mock(side_effect=httpx.ReadTimeout("x"))
    with pytest.raises(NetworkError) as caught:
        client.organization()
    assert (caught.value.sent, caught.value.gave_up) == (False, False)


def test_a_login_host_that_answered_once_is_worth_trying_again(
    wire: respx.MockRouter, client: GenesysClient
) -> None:
    wire["login"].side_effect = [
        httpx.Response(503),
        httpx.ConnectError("down"),
        httpx.Response(200, json={"access_token": "t", "expires_in": 99}),
    ]
    assert client.access_token() == Secret("t")


_EVENTS = st.one_of(
    st.tuples(st.just("wait"), st.floats(0.0, 40.0)),
    st.tuples(st.just("status"), st.sampled_from((200, 401, 503))),
    st.tuples(st.just("ask"), st.none()),
    st.tuples(st.just("refused"), st.none()),
)


@given(st.lists(_EVENTS, max_size=40))
def test_whatever_happens_a_token_is_alive_and_a_failure_asks_no_more_often_than_it_is_kept(
    events: list[tuple[str, float | None]],
) -> None:
    host = LoginHost(life_s=30.0)
    source = host.source()
    refused: set[str] = set()
    failed_at_s = float("-inf")
    latest: Secret | None = None
    with stamina.set_testing(True, attempts=1, cap=True):
        for kind, value in events:
            if kind == "wait":
                host.now_s += value or 0.0
            elif kind == "status":
                host.status = int(value or 0)
            elif kind == "refused" and latest is not None:
                source.discard(latest)
                refused.add(latest.reveal())
            elif kind == "ask":
                before = host.asked
                try:
                    latest = source.token()
                    alive_until_s = dict(host.given)[latest.reveal()]
                    assert host.now_s < alive_until_s and latest.reveal() not in refused
                except (LoginError, PlatformError):
                    assert host.status != 200 or host.now_s < failed_at_s + FAILURE_KEPT_S
                    in_hand = "" if latest is None or latest.reveal() in refused else latest.reveal()
                    dead = host.now_s >= dict(host.given).get(in_hand, 0.0)
                    assert dead, "the token in hand serves while a new one cannot be had"
                if host.asked > before:
                    assert host.asked == before + 1
                    assert host.now_s >= failed_at_s + FAILURE_KEPT_S
                    failed_at_s = host.now_s if host.status != 200 else float("-inf")
