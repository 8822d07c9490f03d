"""Running actions: /test, /draft/test, /execute."""

import asyncio
import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.execution import TIMED_OUT, Outcome, execute_error, run_action, test_result, wait_for_edge
from diag.sandbox.flatten import flat_values
from diag.sandbox.observations import Execution
from diag.sandbox.permissions import EXECUTE, EXECUTE_DRAFT
from diag.sandbox.replies import PlatformError, json_reply
from diag.sandbox.revision import ACTIONS_URI
from diag.sandbox.routes.request import Handler, api_route, arrived_s, correlation_id, flag, json_object
from diag.sandbox.sandbox import Sandbox


def routes(sandbox: Sandbox) -> list[Route]:
    """The three ways to run an action."""

    async def run(request: Request, target: str, via: str) -> Outcome:
        action_id = request.path_params["action_id"]
        entry = sandbox.org.entry(action_id)
        entry.revision(draft=target == "draft")
        inputs = await json_object(request, sandbox.limits.limits.request_bytes, optional=True)
        call = Execution(correlation_id(request), action_id, target, via, 0, time.time())
        request.scope["execution"] = call
        arrived = arrived_s(request)
        if sandbox.switches.edge_timeout_s <= 0.0:
            return await run_action(sandbox, entry, inputs, call, arrived)
        running = asyncio.create_task(run_action(sandbox, entry, inputs, call, arrived))
        return await wait_for_edge(sandbox, running, arrived)

    def test(target: str) -> Handler:
        async def handler(request: Request) -> Response:
            outcome = await run(request, target, "test")
            form = sandbox.switches.timeout_form
            timed_out = outcome.error is not None and outcome.error.message == TIMED_OUT
            if timed_out and form != "success_false":
                raise PlatformError(int(form), "request.timeout", TIMED_OUT)
            result = test_result(outcome, correlation_id(request), flatten=flag(request, "flatten"))
            return json_reply(result)

        return handler

    async def execute(request: Request) -> Response:
        if sandbox.org.entry(request.path_params["action_id"]).kind == "custom_auth":
            raise PlatformError(
                405, "method.not.allowed", "Custom authentication actions cannot be executed."
            )
        outcome = await run(request, "published", "execute")
        if outcome.error is not None:
            raise execute_error(outcome.error, correlation_id(request))
        result = outcome.result or {}
        return json_reply(flat_values(result) if flag(request, "flatten") else result)

    one = f"{ACTIONS_URI}/{{action_id}}"
    return [
        api_route(sandbox, "POST", f"{one}/test", test("published"), EXECUTE),
        api_route(sandbox, "POST", f"{one}/draft/test", test("draft"), EXECUTE_DRAFT),
        api_route(sandbox, "POST", f"{one}/execute", execute, EXECUTE),
    ]
