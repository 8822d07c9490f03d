"""The last line of defence: whatever goes wrong in a route, the reply is an ErrorBody with the id."""

import asyncio
import json
from typing import Any

import pytest

from diag.sandbox.reply_bodies import ErrorReply, LimitHit
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.serving.middleware import PlatformMiddleware
from diag.sandbox.serving.tcp_connection import TcpConnection
from diag.sandbox.world.scenario import load_scenario


def reply_of(error: Exception) -> tuple[int, dict[bytes, bytes], dict[str, Any]]:
    """Status, headers and body that a route raising `error` leads to."""
    sent = []

    async def route(scope: Any, receive: Any, send: Any) -> None:
        raise error

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/api", "headers": []}
    scope["state"] = {"connection": TcpConnection(asyncio.Transport())}
    front = PlatformMiddleware(route, Sandbox(load_scenario("empty-org"), 1))
    asyncio.run(front(scope, receive, send))
    start, body = sent
    return start["status"], dict(start["headers"]), json.loads(body["body"])


def test_a_bug_in_a_route_is_a_500_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    status, headers, body = reply_of(ZeroDivisionError("secret detail"))
    assert (status, body["code"]) == (500, "internal.server.error")
    assert body["contextId"] == headers[b"inin-correlation-id"].decode()
    assert "secret detail" not in json.dumps(body)
    assert body["contextId"] in caplog.text


def test_a_refusal_has_every_part_of_an_error_body() -> None:
    error = ErrorReply(
        429,
        "too.many.requests",
        "Too many",
        ("ACTION.PROCESSING",),
        ("because",),
        LimitHit("dataactions", "requests.volume.max", 7),
        headers={"Retry-After": "3"},
    )
    status, headers, body = reply_of(error)
    assert (status, headers[b"retry-after"]) == (429, b"3")
    assert body["details"] == [{"errorCode": "ACTION.PROCESSING"}]
    assert body["errors"][0]["message"] == "because"
    assert body["limit"] == {"key": "requests.volume.max", "namespace": "dataactions", "value": 7}
