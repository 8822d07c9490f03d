"""A sandbox inside the test, on a clock that moves only when it is told to: no process, no waiting.

Everything but the socket is the real thing: middleware, routes, limits, executions. An execution ends as
soon as it starts, and the clock has moved by the time it took.
"""

import asyncio
import sys
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx
from starlette.types import Receive, Scope, Send

from diag.sandbox.sandbox import Sandbox
from diag.sandbox.serving.app import sandbox_app
from diag.sandbox.serving.tcp_connection import TcpConnection
from diag.sandbox.world.scenario import load_scenario
from tests.support.plain_rendering import request_of

# Before each request httpx looks all over the disk for a library that is not installed.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # None: cannot be imported

BASE: Final = httpx.URL("http://sandbox")
BASIC_LOGIN: Final = {"Authorization": f"Basic {b64encode(b'sandbox:sandbox').decode()}"}
BEGAN_AT: float = 1_750_000_000.0
"""Unix seconds at which the clock starts."""


class SteppedClock:
    """A clock whose time passes in sleeps and by `advance`, never by itself."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def monotonic_s(self) -> float:
        """Return seconds since the clock was made."""
        return self._now_s

    def unix_s(self) -> float:
        """Return Unix seconds."""
        return BEGAN_AT + self._now_s

    async def sleep_until(self, deadline_s: float) -> None:
        """Be at the deadline."""
        self._now_s = max(self._now_s, deadline_s)

    def advance(self, seconds: float) -> None:
        """Let so much time pass."""
        self._now_s += seconds


class InProcessSandbox:
    """A sandbox of the test's own, and requests to it with a token; a context manager."""

    def __init__(self, scenario: str | Path, seed: int = 1) -> None:
        self.clock = SteppedClock()
        self.sandbox = Sandbox(load_scenario(str(scenario)), seed, self.clock)
        self._app = sandbox_app(self.sandbox)
        self._connection = TcpConnection(asyncio.Transport())  # counts requests; nothing here cuts it
        self._runner = asyncio.Runner()
        self._transport = httpx.ASGITransport(self._with_connection)
        self._authorization: dict[str, str] = {}
        login = self.request(
            "POST", "/oauth/token", data={"grant_type": "client_credentials"}, headers=BASIC_LOGIN
        )
        token = login.raise_for_status().json()["access_token"]
        self._authorization = {"Authorization": f"Bearer {token}"}
        actions: dict[str, Any] = self.get("/sandbox/truth")["actions"]
        self._ids = {action["name"]: action_id for action_id, action in actions.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.close()

    def send(self, request: httpx.Request) -> httpx.Response:
        """Return the reply to a request as it is, with all of its body."""
        return self._runner.get_loop().run_until_complete(self._answer(request))

    def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        """Return the reply to one request, to the sandbox unless `path` is a whole address."""
        sent = {**self._authorization, **(headers or {})}
        return self.send(httpx.Request(method, BASE.join(path), headers=sent, **body))

    def get(self, path: str) -> dict[str, Any]:
        """Return the JSON of a GET."""
        body: dict[str, Any] = self.request("GET", path).raise_for_status().json()
        return body

    def action_id(self, name: str) -> str:
        """Return the id of the action with this name."""
        return self._ids[name]

    def test(self, name: str, **inputs: object) -> httpx.Response:
        """Return the reply of a test call of the action with this name."""
        uri = f"/api/v2/integrations/actions/{self.action_id(name)}/test"
        return self.request("POST", uri, json=inputs)

    def direct(self, name: str, **inputs: object) -> httpx.Response:
        """Return the reply of the backend of the action with this name, called without the platform."""
        uri = f"/api/v2/integrations/actions/{self.action_id(name)}"
        template = self.request("GET", f"{uri}/templates/requesttemplate.vm").text
        request = request_of(self.get(f"{uri}?includeConfig=true"), template, inputs)
        return self.send(request)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        reply = await self._transport.handle_async_request(request)
        reply.request = request
        await reply.aread()
        return reply

    async def _with_connection(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"connection": self._connection}
        await self._app(scope, receive, send)
