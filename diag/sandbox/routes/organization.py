"""The org's limits, its integrations, and what it can alert on."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.reply_bodies import ErrorReply, json_reply, not_found
from diag.sandbox.routes.api_guard import api_route
from diag.sandbox.routes.paging import paged
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.build_org import integrations_to_wire
from diag.sandbox.world.limits import NAMESPACES, Limits, limits_to_wire
from diag.sandbox.world.permissions import VIEW_EVENTS, VIEW_INTEGRATIONS

EVENTS: Final = (
    {
        "id": "EVENT-0001",
        "name": "Made-up event of the sandbox",
        "description": "Which events an org has, and whether one is about data actions, is not documented.",
    },
)


def routes(sandbox: Sandbox) -> list[Route]:
    """Limits in force, the platform's defaults, integrations, definitions of operational events."""

    def shown(request: Request, limits: Limits) -> Response:
        if not sandbox.switches.limits_readable:
            raise ErrorReply(403, "not.authorized", "The limits are not available to this client.")
        return _limits(request, limits)

    async def limits(request: Request) -> Response:
        return shown(request, sandbox.limits.limits)

    async def defaults(request: Request) -> Response:
        return shown(request, Limits())

    async def list_integrations(request: Request) -> Response:
        chosen = integrations_to_wire(sandbox.org.integrations.items())
        kind = request.query_params.get("integrationType")
        if kind is not None:
            chosen = [
                i
                for i, spec in zip(chosen, sandbox.org.integrations.values(), strict=True)
                if spec.type == kind
            ]
        if "ids" in request.query_params:
            ids = request.query_params["ids"].split(",")
            chosen = [i for i in chosen if i["id"] in ids]
        return json_reply(
            paged(request, chosen, lambda integration: integration, sandbox.switches.max_page_size)
        )

    async def get_integration(request: Request) -> Response:
        id_ = request.path_params["integration_id"]
        if id_ not in sandbox.org.integrations:
            raise not_found(f"Integration {id_}")
        return json_reply(integrations_to_wire([(id_, sandbox.org.integrations[id_])])[0])

    async def event_definitions(_: Request) -> Response:
        return json_reply({"entities": [dict(event) for event in EVENTS]})

    one = "/api/v2/integrations/{integration_id}"
    namespace = "/api/v2/organizations/limits/namespaces/{namespace}"
    return [
        api_route(sandbox, "GET", namespace, limits),
        api_route(sandbox, "GET", f"{namespace}/defaults", defaults),
        api_route(sandbox, "GET", "/api/v2/integrations", list_integrations, VIEW_INTEGRATIONS),
        api_route(sandbox, "GET", one, get_integration, VIEW_INTEGRATIONS),
        api_route(sandbox, "GET", "/api/v2/usage/events/definitions", event_definitions, VIEW_EVENTS),
    ]


def _limits(request: Request, limits: Limits) -> Response:
    namespace = request.path_params["namespace"]
    if namespace not in NAMESPACES:
        raise not_found(f"Limit namespace {namespace}")
    return json_reply({"entities": limits_to_wire(limits, namespace)})
