"""Running actions: /test, /draft/test, /execute."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.backends.backend_spec import BackendSpec
from diag.sandbox.backends.resolved_request import Values, resolved_request
from diag.sandbox.executions.execution_replies import execute_error, final_result, test_result
from diag.sandbox.executions.run_action import TIMED_OUT, ExecutionOutcome, run_action, wait_for_edge
from diag.sandbox.reply_bodies import ErrorReply, JsonObject, json_reply
from diag.sandbox.routes.api_guard import Handler, api_route
from diag.sandbox.routes.data_actions.action_wire import base_url
from diag.sandbox.routes.read_request import arrived_s, correlation_id, flag, json_object
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.actions.revision import ACTIONS_URI, ActionEntry, Revision
from diag.sandbox.world.permissions import EXECUTE, EXECUTE_DRAFT
from diag.sandbox.world.true_calls import Execution


def routes(sandbox: Sandbox) -> list[Route]:
    """The three ways to run an action."""

    async def inputs_of(request: Request) -> JsonObject:
        return await json_object(request, sandbox.limits.limits.request_bytes, optional=True)

    async def run(request: Request, target: str, via: str, inputs: JsonObject) -> ExecutionOutcome:
        action_id = request.path_params["action_id"]
        entry = sandbox.org.entry(action_id)
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
            revision = entry.revision(draft=target == "draft")
            inputs = await inputs_of(request)
            outcome = await run(request, target, "test", inputs)
            switches = sandbox.switches
            masked = revision.secure and switches.secure_results == "masked"
            hidden = masked or switches.resolved_request == "hidden"
            if outcome.timed_out and switches.timeout_form != "success_false":
                raise ErrorReply(int(switches.timeout_form), switches.timeout_code, TIMED_OUT)
            result = test_result(
                outcome,
                correlation_id(request),
                flatten=flatten,
                masked=masked,
                timeout_step=switches.timeout_step,
                resolved=None if hidden else _resolved(sandbox, request, entry, revision, inputs),
            )
            return json_reply(result)

        return handler

    async def execute(request: Request) -> Response:
        if sandbox.org.entry(request.path_params["action_id"]).kind == "custom_auth":
            message = "Custom authentication actions cannot be executed."
            raise ErrorReply(405, "method.not.allowed", message)
        flatten = flag(request, "flatten")
        sandbox.org.entry(request.path_params["action_id"]).revision()
        outcome = await run(request, "published", "execute", await inputs_of(request))
        if outcome.error is not None:
            raise execute_error(outcome.error, correlation_id(request))
        return json_reply(final_result(outcome, flatten=flatten))

    one = f"{ACTIONS_URI}/{{action_id}}"
    return [
        api_route(sandbox, "POST", f"{one}/test", test("published"), EXECUTE),
        api_route(sandbox, "POST", f"{one}/draft/test", test("draft"), EXECUTE_DRAFT),
        api_route(sandbox, "POST", f"{one}/execute", execute, EXECUTE),
    ]


def _resolved(
    sandbox: Sandbox, request: Request, entry: ActionEntry, revision: Revision, inputs: JsonObject
) -> JsonObject | None:
    """The request that went to the backend, as far as it is shown; None of a function, which has none."""
    if revision.function is not None:
        return None
    spec = sandbox.org.specs.get(entry.id)
    return resolved_request(
        revision.config.request,
        revision.config.request_template,
        BackendSpec() if spec is None else spec.backend,
        Values(inputs, sandbox.org.integrations[entry.integration_id].credentials.keys()),
        base_url(request),
    )
