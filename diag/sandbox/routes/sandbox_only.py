"""What only a sandbox has: the oracle, and switches to turn while it runs. No token needed."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from diag.sandbox.executions.true_quantiles import limits_json, oracle_json
from diag.sandbox.faults.fault_kinds import KINDS
from diag.sandbox.faults.read_fault import read_fault
from diag.sandbox.reply_bodies import JsonObject, bad_request, json_reply
from diag.sandbox.routes.live_page import live_page, live_table
from diag.sandbox.routes.read_request import integer
from diag.sandbox.routes.who_may_switch import own_json
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.sandbox_errors import ScenarioError
from diag.sandbox.world.limits import read_limits
from diag.sandbox.world.switches import read_switches
from diag.toml_section import TomlSection

_BODY_BYTES = 1_000_000
_T = TypeVar("_T")


def routes(sandbox: Sandbox) -> list[Route]:
    """The page at / and everything under /sandbox."""

    async def get_truth(_: Request) -> Response:
        return json_reply(oracle_json(sandbox))

    async def get_calls(request: Request) -> Response:
        if "ids" in request.query_params:
            ids = request.query_params["ids"].split(",")
            return json_reply({"calls": sandbox.true_calls.by_ids(ids)})
        after = integer(request, "after", 0, low=0, high=2**53)
        limit = integer(request, "limit", 10_000, low=1, high=50_000)
        return json_reply(sandbox.true_calls.page(after, limit))

    async def get_jobs(_: Request) -> Response:
        return json_reply({"jobs": sandbox.jobs.to_json()})

    async def post_switches(request: Request) -> Response:
        table = TomlSection(await own_json(request, _BODY_BYTES), "switches", ScenarioError)
        sandbox.switches = _or_bad_request(lambda: table.done(read_switches(table, sandbox.switches)))
        return json_reply(_switches(sandbox))

    async def get_switches(_: Request) -> Response:
        return json_reply(_switches(sandbox))

    async def get_about(_: Request) -> Response:
        return json_reply(_about(sandbox))

    async def post_about(request: Request) -> Response:
        table = TomlSection(await own_json(request, _BODY_BYTES), "about", ScenarioError)
        sandbox.as_org = _or_bad_request(lambda: table.done(table.flag("as_org", sandbox.as_org)))
        return json_reply(_about(sandbox))

    async def post_limits(request: Request) -> Response:
        table = TomlSection(await own_json(request, _BODY_BYTES), "limits", ScenarioError)
        sandbox.limits.change(_or_bad_request(lambda: table.done(read_limits(table, sandbox.limits.limits))))
        return json_reply(limits_json(sandbox.limits.limits))

    async def post_faults(request: Request) -> Response:
        table = TomlSection(await own_json(request, _BODY_BYTES), "faults", ScenarioError)
        sandbox.faults.arm(
            _or_bad_request(lambda: table.done(tuple(map(read_fault, table.tables("faults", "kind")))))
        )
        return json_reply({"faults": [*sandbox.faults.to_json()]})

    async def get_faults(_: Request) -> Response:
        kinds: JsonObject = {name: kind.what for name, kind in KINDS.items()}
        return json_reply({"faults": [*sandbox.faults.to_json()], "kinds": kinds})

    async def get_page(_: Request) -> Response:
        return HTMLResponse(live_page(sandbox))

    async def get_live(_: Request) -> Response:
        return HTMLResponse(live_table(sandbox))

    return [
        Route("/", get_page, methods=["GET"]),
        Route("/sandbox/live", get_live, methods=["GET"]),
        Route("/sandbox/about", get_about, methods=["GET"]),
        Route("/sandbox/about", post_about, methods=["POST"]),
        Route("/sandbox/faults", get_faults, methods=["GET"]),
        Route("/sandbox/faults", post_faults, methods=["POST"]),
        Route("/sandbox/limits", post_limits, methods=["POST"]),
        Route("/sandbox/truth", get_truth, methods=["GET"]),
        Route("/sandbox/truth/calls", get_calls, methods=["GET"]),
        Route("/sandbox/truth/jobs", get_jobs, methods=["GET"]),
        Route("/sandbox/switches", get_switches, methods=["GET"]),
        Route("/sandbox/switches", post_switches, methods=["POST"]),
    ]


def _or_bad_request(read: Callable[[], _T]) -> _T:
    try:
        return read()
    except ScenarioError as error:
        raise bad_request(f"{error.message} {error.hint or ''}".strip()) from error


def _about(sandbox: Sandbox) -> JsonObject:
    return {
        "sandbox": sandbox.scenario.name,
        "as_org": sandbox.as_org,
        "platform": sandbox.plays_a_platform,
    }


def _switches(sandbox: Sandbox) -> JsonObject:
    return asdict(sandbox.switches)
