"""The backends of the actions, as they are reached without the platform: no token, no limits, no timeout.

They draw from the streams that test calls draw from. Such calls are in /sandbox/truth/calls, and in nothing
that the platform knows of: no analytics, no limit, no execution in flight.
"""

import math
import re
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.backends.backend_address import BACKEND_PATH
from diag.sandbox.backends.credential_check import is_let_in
from diag.sandbox.backends.reply_form import reply_body
from diag.sandbox.executions.backend_answer import draw_call, reply_to
from diag.sandbox.reply_bodies import JsonObject, json_reply, not_found
from diag.sandbox.routes.client_patience import still_there_at
from diag.sandbox.routes.read_request import arrived_s, correlation_id, json_value, read_body
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.actions.action_spec import REQUEST_TYPES, ActionSpec
from diag.sandbox.world.true_calls import DIRECT, Execution

_SECONDS: Final = re.compile(r"[0-9]{1,2}(\.[0-9]{1,3})?")
_NOBODY: Final = Response(status_code=500)
"""Sent to a client that has left: it reaches nobody."""


def routes(sandbox: Sandbox) -> list[Route]:
    """Each action's backend, and addresses that take as long as they say."""

    async def backend(request: Request) -> Response:
        name = request.path_params["name"]
        action_id = sandbox.org.backends.get(name)
        if action_id is None:
            raise not_found(f"Backend {name}")
        call = Execution(correlation_id(request), action_id, DIRECT, DIRECT, 0, sandbox.unix_s())
        request.scope["execution"] = call
        call.outcome = "backend_error"
        inputs = await _inputs(request, sandbox.limits.limits.request_bytes)
        spec = sandbox.org.specs[action_id]
        if not _is_let_in(request, spec, inputs):
            call.outcome = "auth_error"
            return json_reply({"message": f"The backend wants credentials: {spec.backend.wants}."}, 401)
        call.outcome = "abandoned"
        drawn = draw_call(sandbox, action_id, inputs)
        call.drawn_ms = None if math.isinf(drawn.latency_ms) else drawn.latency_ms
        if not await still_there_at(request, sandbox.clock, arrived_s(request) + drawn.latency_ms / 1e3):
            return _NOBODY
        reply = reply_to(sandbox, action_id, drawn, inputs, call.correlation_id)
        if reply.message is not None:
            call.outcome = "backend_error"
            return json_reply({"message": reply.message}, reply.status)
        call.outcome = "contract_error" if drawn.breaks_contract else "ok"
        return json_reply(reply_body(spec.backend, reply.result, breaks_contract=drawn.breaks_contract))

    def _is_let_in(request: Request, spec: ActionSpec, inputs: JsonObject) -> bool:
        credentials = sandbox.org.credentials_of(spec.integration)
        return is_let_in(
            spec.backend.wants,
            request.headers,
            inputs,
            credentials,
            lambda token: sandbox.backend_tokens.valid(token, sandbox.now_s()),
        )

    async def slow(request: Request) -> Response:
        seconds = request.path_params["seconds"]
        if not _SECONDS.fullmatch(seconds):
            raise not_found(f"Slow address {seconds}")
        if not await still_there_at(request, sandbox.clock, arrived_s(request) + float(seconds)):
            return _NOBODY
        return json_reply({"waited_s": float(seconds)})

    methods = list(REQUEST_TYPES)
    return [
        Route(f"{BACKEND_PATH}{{name}}", backend, methods=methods),
        Route("/sandbox/slow/{seconds}", slow, methods=methods),
    ]


async def _inputs(request: Request, limit_bytes: int) -> JsonObject:
    """Return what query and body (JSON, or a form) ask for. Raises ErrorReply 400, 413."""
    inputs: JsonObject = dict(request.query_params)
    body = await read_body(request, limit_bytes)
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if not body.strip():
        return inputs
    if kind == "application/x-www-form-urlencoded":
        return inputs | dict(parse_qsl(body.decode(errors="replace")))
    value = json_value(body)
    return inputs | value if isinstance(value, dict) else inputs
