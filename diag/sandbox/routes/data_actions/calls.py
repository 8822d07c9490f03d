"""Running actions: /test, /draft/test, /execute."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.executions.execution import TIMED_OUT, ExecutionOutcome, run_action, wait_for_edge
from diag.sandbox.executions.execution_replies import execute_error, final_result, test_result
from diag.sandbox.reply_bodies import ErrorReply, json_reply
from diag.sandbox.routes.request import Handler, api_route, arrived_s, correlation_id, flag, json_object
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.observations import Execution
from diag.sandbox.world.permissions import EXECUTE, EXECUTE_DRAFT
from diag.sandbox.world.revision import ACTIONS_URI


def routes(sandbox: Sandbox) -> list[Route]:
    """The three ways to run an action."""

    async def run(request: Request, target: str, via: str) -> ExecutionOutcome:
        action_id = request.path_params["action_id"]
        entry = sandbox.org.entry(action_id)
        entry.revision(draft=target == "draft")
        inputs = await json_object(request, sandbox.limits.limits.request_bytes, optional=True)
        call = Execution(correlation_id(request), action_id, target, via, 0, sandbox.unix_s())
        request.scope["execution"] = call
        arrived = arrived_s(request)
        if sandbox.switches.edge_timeout_s <= 0.0:
            return await run_action(sandbox, entry, inputs, call, arrived)
        running = asyncio.create_task(run_action(sandbox, entry, inputs, call, arrived))
        return await wait_for_edge(sandbox, running, arrived)

    def test(target: str) -> Handler:
        async def handler(request: Request) -> Response:
            flatten = flag(request, "flatten")
            entry = sandbox.org.entry(request.path_params["action_id"])
            secure = entry.revision(draft=target == "draft").secure
            outcome = await run(request, target, "test")
            switches = sandbox.switches
            if outcome.timed_out and switches.timeout_form != "success_false":
                raise ErrorReply(int(switches.timeout_form), switches.timeout_code, TIMED_OUT)
            result = test_result(
                outcome,
                correlation_id(request),
                flatten=flatten,
                masked=secure and switches.secure_results == "masked",
                timeout_step=switches.timeout_step,
            )
            return json_reply(result)

        return handler

    async def execute(request: Request) -> Response:
        if sandbox.org.entry(request.path_params["action_id"]).kind == "custom_auth":
            message = "Custom authentication actions cannot be executed."
            raise ErrorReply(405, "method.not.allowed", message)
        flatten = flag(request, "flatten")
        outcome = await run(request, "published", "execute")
        if outcome.error is not None:
            raise execute_error(outcome.error, correlation_id(request))
        return json_reply(final_result(outcome, flatten=flatten))

    one = f"{ACTIONS_URI}/{{action_id}}"
    return [
        api_route(sandbox, "POST", f"{one}/test", test("published"), EXECUTE),
        api_route(sandbox, "POST", f"{one}/draft/test", test("draft"), EXECUTE_DRAFT),
        api_route(sandbox, "POST", f"{one}/execute", execute, EXECUTE),
    ]
