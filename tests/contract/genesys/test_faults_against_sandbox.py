"""The client against a sandbox that misbehaves, over real HTTP."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import stamina

from diag.genesys.api_errors import (
    ApiError,
    NetworkError,
    PlatformError,
    StaleVersionError,
    UnexpectedReplyError,
)
from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.sandbox_control import ask


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """The waits between attempts are proven in tests/unit/genesys."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


def client_for(box: RunningSandbox) -> GenesysClient:
    return GenesysClient(
        Connection.to(api_base=box.base_url, client_id="sandbox", client_secret=Secret("sandbox"))
    )


def calls(box: RunningSandbox) -> int:
    """How many test calls the sandbox has carried out."""
    return int(ask(box.base_url, "truth/calls", limit=1)["total"])


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503, "retry_after_s": 1},
        {"kind": "status", "status": 429, "retry_after_s": 1},
        {"kind": "status", "status": 500},
        {"kind": "reset"},
        {"kind": "reset_after"},
        {"kind": "stale_keep_alive"},
        {"kind": "token_expired"},
    ],
    ids=lambda fault: f"{fault['kind']} {fault.get('status', '')}",
)
def test_a_read_survives_one_fault(start_sandbox: StartSandbox, fault: dict[str, object]) -> None:
    box = start_sandbox()
    with client_for(box) as client:
        assert client.organization().name
        box.arm({**fault, "path": "/api/v2/integrations/actions$", "method": "GET", "hits": 1})
        assert len(client.list_actions()) >= len(box.truth()["actions"])


def test_a_login_that_is_down_is_asked_by_one_caller_of_forty(start_sandbox: StartSandbox) -> None:
    box = start_sandbox()
    box.arm({"kind": "status", "status": 503, "path": "^/oauth/token$"})
    with client_for(box) as client, ThreadPoolExecutor(20) as pool:
        ends = [pool.submit(client.organization) for _ in range(40)]
        assert {type(end.exception(timeout=60)) for end in ends} == {PlatformError}
        [fault] = ask(box.base_url, "faults")["faults"]
        assert fault["hit"] == 3, "the attempts of one login, not of forty"


@pytest.mark.parametrize(
    ("kind", "error"),
    [("truncated", NetworkError), ("malformed", UnexpectedReplyError), ("html", PlatformError)],
)
def test_a_damaged_reply_is_a_clear_error(
    start_sandbox: StartSandbox, kind: str, error: type[ApiError]
) -> None:
    box = start_sandbox()
    with client_for(box) as client:
        client.organization()
        box.arm({"kind": kind, "path": "/organizations/me"})
        with pytest.raises(error) as caught:
            client.organization()
        assert caught.value.hint
        box.arm()
        assert client.organization().name


def test_a_test_call_is_never_repeated_and_says_how_it_ended(start_sandbox: StartSandbox) -> None:
    box = start_sandbox()
    action_id = box.action_id("Get Customer by Phone")
    with client_for(box) as client:
        client.organization()
        for fault, outcome in (
            ({"kind": "reset"}, "network_error"),
            ({"kind": "reset_after"}, "network_error"),
            ({"kind": "status", "status": 503}, "platform_error"),
            ({"kind": "status", "status": 504}, "platform_error"),  # far too early to be the action's own
            ({"kind": "status", "status": 504, "code": "authentication.request.timeout"}, "platform_error"),
            ({"kind": "html"}, "platform_error"),
            ({"kind": "malformed"}, "platform_error"),
        ):
            box.arm({**fault, "path": "/test$"})
            before = calls(box)
            reply = client.test_action(action_id, {"phone": "+15551234"}, wait_s=20, timeout_s=3)
            assert reply.outcome.outcome == outcome, fault
            assert calls(box) - before <= 1
        box.arm()
        assert client.test_action(
            action_id, {"phone": "+15551234"}, wait_s=20, timeout_s=3
        ).outcome.outcome in ("ok", "timeout")


def test_a_patch_is_not_repeated_when_its_effect_is_unknown(start_sandbox: StartSandbox) -> None:
    box = start_sandbox()
    action_id = box.action_id("Get Customer by Phone")
    with client_for(box) as client:
        for kind, took_effect in (
            ("reset", False),
            ("reset_after", True),
            ("status", False),
            ("status_after", True),
        ):
            full = client.read_config(action_id)
            assert full.action.version is not None
            wanted = 40 if full.action.timeout_s != 40 else 41
            box.arm(
                {"kind": kind, "method": "PATCH", "hits": 1, **({"status": 503} if "status" in kind else {})}
            )
            with pytest.raises((NetworkError, PlatformError)) as caught:
                client.patch_timeout(full, wanted)
            assert not isinstance(caught.value, NetworkError) or caught.value.sent
            after = client.get_action(action_id)
            assert (after.timeout_s == wanted) is took_effect
            assert after.version == full.action.version + took_effect


def test_someone_edits_in_between(start_sandbox: StartSandbox) -> None:
    box = start_sandbox()
    with client_for(box) as client:
        full = client.read_config(box.action_id("Get Customer by Phone"))
        box.arm({"kind": "edited_meanwhile", "method": "PATCH", "hits": 1})
        with pytest.raises(StaleVersionError):
            client.patch_timeout(full, 9)


def test_the_platforms_own_rate_limit_names_its_namespace(start_sandbox: StartSandbox) -> None:
    box = start_sandbox()
    action_id = box.action_id("Get Loyalty Points")
    with client_for(box) as client:
        client.organization()
        limits = {"token_requests_per_minute": 5}
        httpx.post(
            f"{box.base_url}/sandbox/limits", json=limits, trust_env=False, verify=False
        ).raise_for_status()
        replies = [
            client.test_action(action_id, {"memberId": "m-1"}, wait_s=20, timeout_s=5) for _ in range(8)
        ]
    limited = [reply for reply in replies if reply.outcome.outcome == "rate_limited"]
    assert limited and (limited[0].outcome.error_code or "").startswith("platform.api")
