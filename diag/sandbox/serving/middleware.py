"""In front of every route: the correlation id, the time of arrival, faults, and errors as ErrorBody."""

import asyncio
import logging
import uuid

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from diag.sandbox.faults.fault_kinds import KINDS
from diag.sandbox.faults.faulted_request import FaultedRequest
from diag.sandbox.reply_bodies import ErrorReply, json_reply
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.serving.tcp_connection import connection, reset_connection
from diag.sandbox.world.true_calls import Execution

_LOG = logging.getLogger("diag.sandbox")


class PlatformMiddleware:
    """Wraps the routes: no reply leaves without `ININ-Correlation-Id`, no exception as anything but JSON."""

    def __init__(self, app: ASGIApp, sandbox: Sandbox) -> None:
        self._app = app
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        scope["arrived_s"] = arrived_s = self._sandbox.clock.monotonic_s()
        scope["correlation_id"] = correlation_id = str(uuid.uuid4())
        started = False
        served_s: float | None = None

        async def send_with_id(message: Message) -> None:
            nonlocal started, served_s
            if message["type"] == "http.response.start":
                started = True
                message["headers"].append((b"inin-correlation-id", correlation_id.encode()))
            elif not message.get("more_body"):
                # Before its end leaves: whoever has the reply may be on a core before this process is again.
                served_s = self._sandbox.clock.monotonic_s()
            await send(message)

        try:
            try:
                await self._answer(scope, receive, send_with_id)
            except ErrorReply as error:
                reply = json_reply(error.body(correlation_id), error.status, error.headers)
                await reply(scope, receive, send_with_id)
            except asyncio.CancelledError:  # the sandbox stops: calls in flight end as if it was killed
                await reset_connection(scope, receive)
            except Exception:  # the last line of defence: one bad request must not cost a connection
                _LOG.exception("request %s failed", correlation_id)
                if started:
                    raise
                failure = ErrorReply(500, "internal.server.error", "Internal Server Error")
                await json_reply(failure.body(correlation_id), 500)(scope, receive, send_with_id)
        finally:
            execution: Execution | None = scope.get("execution")
            if execution is not None:
                if served_s is None:  # no reply that ends: a fault's own bytes, or a lost connection
                    served_s = self._sandbox.clock.monotonic_s()
                execution.served_ms = (served_s - arrived_s) * 1e3
                self._sandbox.true_calls.record(execution)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = connection(scope)
        client.requests += 1
        fault = self._sandbox.faults.fault_for(scope["method"], scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
        else:
            request = FaultedRequest(fault, self._sandbox, client, self._app, scope, receive, send)
            await KINDS[fault.kind].inject(request)
