"""The sandbox's own time, for a tool that waits: a scenario with `time_lapse` lets hours pass in a second.

Time passes at its usual pace unless somebody asks for it to be let pass; no call becomes shorter by it.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.reply_bodies import JsonObject, bad_request, json_reply
from diag.sandbox.routes.who_may_switch import own_json
from diag.sandbox.sandbox import Sandbox

LONGEST_S: Final = 2 * 86_400.0
"""At once: a wrong number must not take the sandbox into another year."""
_BODY_BYTES: Final = 1000


def routes(sandbox: Sandbox) -> list[Route]:
    """GET says what time it is; POST `{"until": Unix seconds}` answers once it is that time."""

    async def get_clock(_: Request) -> Response:
        return json_reply(_told(sandbox))

    async def post_clock(request: Request) -> Response:
        until = (await own_json(request, _BODY_BYTES)).get("until")
        if sandbox.scenario.time_lapse <= 1.0:
            raise bad_request("This scenario has no time_lapse: its time passes like yours.")
        if isinstance(until, bool) or not isinstance(until, int | float):
            raise bad_request("until must be Unix seconds.")
        if not until - sandbox.unix_s() <= LONGEST_S:
            raise bad_request("until must be at most two days ahead.")
        await sandbox.let_pass(float(until))
        return json_reply(_told(sandbox))

    return [
        Route("/sandbox/clock", get_clock, methods=["GET"]),
        Route("/sandbox/clock", post_clock, methods=["POST"]),
    ]


def _told(sandbox: Sandbox) -> JsonObject:
    return {"now": sandbox.unix_s(), "time_lapse": sandbox.scenario.time_lapse}
