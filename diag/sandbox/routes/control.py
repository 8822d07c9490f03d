"""What only a sandbox has: the truth, and switches to turn while it runs. No token needed."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.errors import ScenarioError
from diag.sandbox.replies import JsonObject, bad_request, json_reply
from diag.sandbox.routes.request import integer, json_object
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.scenario import read_switches
from diag.sandbox.table import Table
from diag.sandbox.truth import truth

_BODY_BYTES = 1_000_000


def routes(sandbox: Sandbox) -> list[Route]:
    """Everything under /sandbox."""

    async def get_truth(_: Request) -> Response:
        return json_reply(truth(sandbox))

    async def get_calls(request: Request) -> Response:
        if "ids" in request.query_params:
            ids = request.query_params["ids"].split(",")
            return json_reply({"calls": sandbox.observations.by_ids(ids)})
        after = integer(request, "after", 0, low=0, high=2**53)
        limit = integer(request, "limit", 10_000, low=1, high=50_000)
        return json_reply(sandbox.observations.page(after, limit))

    async def post_switches(request: Request) -> Response:
        table = Table(await json_object(request, _BODY_BYTES), "switches")
        try:
            sandbox.switches = table.done(read_switches(table, sandbox.switches))
        except ScenarioError as error:
            raise bad_request(error.message) from error
        return json_reply(_switches(sandbox))

    async def get_switches(_: Request) -> Response:
        return json_reply(_switches(sandbox))

    return [
        Route("/sandbox/truth", get_truth, methods=["GET"]),
        Route("/sandbox/truth/calls", get_calls, methods=["GET"]),
        Route("/sandbox/switches", get_switches, methods=["GET"]),
        Route("/sandbox/switches", post_switches, methods=["POST"]),
    ]


def _switches(sandbox: Sandbox) -> JsonObject:
    switches = sandbox.switches
    return {
        "timeout_form": switches.timeout_form,
        "stale_form": switches.stale_form,
        "patch_config": switches.patch_config,
        "retry_after": switches.retry_after,
        "list_include_config": switches.list_include_config,
        "edge_timeout_s": switches.edge_timeout_s,
    }
