"""Custom authentication: asked once at a time, kept until it expires or is refused, and never shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import gevent
import pytest

from analysis.format.sample_schema import Outcome
from diag.direct.direct_load import DirectLoad
from diag.direct.rendering.prepare import prepare
from diag.errors import CredentialsError
from diag.workload.payloads_from_contract import EMPTY
from loadtests.planning.plan import ActionLoad
from loadtests.sending.direct.backends import Backends
from loadtests.sending.direct.custom_auth import CustomAuth
from loadtests.sending.direct.direct_outcome import AuthFailedError
from loadtests.sending.direct.direct_setup import DirectSetup
from loadtests.sending.ways.direct_way import DirectWay
from tests.support.direct_backend import (
    ACTION,
    OK_REPLY,
    DirectBackend,
    backend,
    direct_plan,
    direct_rules,
    one_call,
)

LOGIN = replace(
    ACTION,
    action_id="customAuth_-_1",
    action_name="Log in",
    method="POST",
    headers={
        "Authorization": 'Basic $encoding.base64("${credentials.clientId}:${credentials.clientSecret}")'
    },
    request_template="grant_type=client_credentials",
    output_schema='{"type": "object", "properties": {"access_token": {"type": "string"}}}',
)
ENVIRONMENT = {"DIAG_CREDENTIAL_CLIENTID": "me", "DIAG_CREDENTIAL_CLIENTSECRET": "canary-secret"}


class Platform:
    """A login and a backend on one server; tokens are `token-1`, `token-2`, and so on."""

    def __init__(self, *, expires_in: int | None = None) -> None:
        self.logins = 0
        self.accepted = {f"token-{number}" for number in range(1, 100)}
        self.login_status = 200
        self.expires_in = expires_in

    def __call__(self, request: bytes) -> bytes:
        if b"POST /login" in request:
            self.logins += 1
            life = "" if self.expires_in is None else f', "expires_in": {self.expires_in}'
            body = f'{{"access_token": "token-{self.logins}"{life}}}'.encode()
            head = f"HTTP/1.1 {self.login_status} X\r\nContent-Length: {len(body)}\r\n\r\n"
            return head.encode() + body
        accepted = any(f"Bearer {token}\r\n".encode() in request for token in self.accepted)
        return OK_REPLY if accepted else b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"


def needing_a_login(running: DirectBackend) -> ActionLoad:
    login = replace(LOGIN, url_template=f"{running.base}/login")
    action = replace(
        ACTION,
        url_template=f"{running.base}/x",
        headers={"Authorization": "Bearer ${authResponse.access_token}"},
    )
    return ActionLoad("a-1", "Look Up", 5, 20.0, (EMPTY,), direct=DirectLoad(action, 5.0, auth_action=login))


@contextmanager
def direct_calls(load: ActionLoad, running: DirectBackend) -> Iterator[DirectSetup]:
    calls = DirectSetup(direct_plan(load, running.base), connections=4, environment=ENVIRONMENT)
    try:
        yield calls
    finally:
        calls.close()


@contextmanager
def calling(running: DirectBackend) -> Iterator[DirectWay]:
    load = needing_a_login(running)
    with direct_calls(load, running) as calls:
        yield calls.way(load)


def test_its_result_is_asked_for_once_and_every_call_carries_it() -> None:
    with backend(platform := Platform()) as running, calling(running) as way:
        assert [one_call(way).outcome for _ in range(3)] == [Outcome.OK] * 3

    assert platform.logins == 1
    assert b"Basic bWU6Y2FuYXJ5LXNlY3JldA==\r\n" in running.received[0]


def test_a_refusal_brings_a_new_one_and_many_refusals_no_more_than_one() -> None:
    with backend(platform := Platform()) as running, calling(running) as way:
        platform.accepted = {"token-2"}
        first = gevent.joinall([gevent.spawn(one_call, way) for _ in range(4)])
        refused = {(each.value.outcome, each.value.error_code) for each in first}
        after = gevent.joinall([gevent.spawn(one_call, way) for _ in range(4)])

    assert refused == {(Outcome.AUTH_ERROR, "http_401")}
    assert {each.value.outcome for each in after} <= {Outcome.OK, Outcome.AUTH_ERROR}
    assert platform.logins <= 2


def test_a_login_that_fails_at_the_start_ends_it_by_name_and_without_a_value() -> None:
    platform = Platform()
    platform.login_status = 403
    with (
        backend(platform) as running,
        pytest.raises(CredentialsError, match="'Log in' failed: its backend answered 403") as failed,
        calling(running),
    ):
        pass

    assert "canary" not in repr(failed.value) + failed.value.message


def test_each_action_that_needs_a_login_that_fails_is_told_so_and_it_is_asked_once() -> None:
    platform = Platform()
    platform.login_status = 403
    with backend(platform) as running, direct_calls(load := needing_a_login(running), running) as calls:
        for _ in range(2):
            with pytest.raises(CredentialsError, match="its backend answered 403"):
                calls.way(load)

    assert platform.logins == 1


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def custom_auth(running: DirectBackend, clock: Clock) -> CustomAuth:
    login = prepare(replace(LOGIN, url_template=f"{running.base}/login"))
    credentials = {"clientId": "me", "clientSecret": "canary-secret"}
    return CustomAuth("Log in", login, credentials, Backends(direct_rules(running.base), most=1), now=clock)


def test_it_is_asked_again_before_it_expires_while_calls_go_on() -> None:
    clock = Clock()
    with backend(platform := Platform(expires_in=100)) as running:
        auth = custom_auth(running, clock)
        assert auth.current().values["access_token"] == "token-1"
        clock.now = 89
        assert auth.current().number == 1
        gevent.idle()
        assert platform.logins == 1
        clock.now = 91
        assert auth.current().number == 1  # good until it expires: nobody waits
        gevent.wait()
        assert auth.current().values["access_token"] == "token-2"
        clock.now = 91 + 100  # nothing asked in between: now somebody has to wait
        assert auth.current().number == 3
        auth.stop()
        auth._backends.close()


def test_a_login_that_is_down_is_asked_with_growing_gaps_and_calls_say_why() -> None:
    clock, platform = Clock(), Platform(expires_in=10)
    with backend(platform) as running:
        auth = custom_auth(running, clock)
        auth.current()
        platform.login_status = 500
        tried = []
        for clock.now in range(20, 60):
            with pytest.raises(AuthFailedError) as failed:
                auth.current()
            tried.append(platform.logins)
            assert failed.value.code == "custom_auth_http_500"
        platform.login_status = 200
        clock.now = 1000
        assert auth.current().number == 2
        auth._backends.close()

    assert 5 <= tried[-1] - 1 <= 7  # after 0, 1, 2, 4, 8, 16 s


def test_tokens_that_are_refused_at_once_make_no_storm_of_logins() -> None:
    clock = Clock()
    with backend(platform := Platform()) as running:
        auth = custom_auth(running, clock)
        for clock.now in range(30):
            auth.refused(auth.current().number)
        auth._backends.close()

    assert platform.logins <= 6


@pytest.mark.parametrize("expires_in", [0, -5])
def test_tokens_that_hold_for_no_time_at_all_are_asked_for_once_a_second(expires_in: int) -> None:
    clock = Clock()
    with backend(platform := Platform(expires_in=expires_in)) as running:
        auth = custom_auth(running, clock)
        for tenth in range(50):
            clock.now = tenth / 10
            auth.current()
        auth._backends.close()

    assert platform.logins == 5
