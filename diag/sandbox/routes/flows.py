"""Architect: the list of flows, their configurations, and which flows use an action."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.flows.flow_configuration import flow_configuration, flow_id
from diag.sandbox.flows.flow_spec import FlowSpec
from diag.sandbox.reply_bodies import JsonObject, bad_request, json_reply, not_found
from diag.sandbox.routes.api_guard import api_route
from diag.sandbox.routes.paging import paged
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.permissions import VIEW_DEPENDENCIES, VIEW_FLOWS

_CONSUMERS = "/api/v2/architect/dependencytracking/consumingresources"
_VERSION = "1.0"
_DRAFT = "1.1"


def routes(sandbox: Sandbox) -> list[Route]:
    """Flows, their configurations, and Architect's consuming resources."""
    org = sandbox.org

    async def list_flows(request: Request) -> Response:
        name = request.query_params.get("name", "").lower()
        kinds = [kind.upper() for text in request.query_params.getlist("type") for kind in text.split(",")]
        chosen = [
            spec
            for spec in org.flows.values()
            if name in spec.name.lower() and (not kinds or spec.type in kinds)
        ]
        return json_reply(paged(request, chosen, _to_wire, sandbox.switches.max_page_size))

    async def latest(request: Request) -> Response:
        return _configuration(_flow(request), latest=True)

    async def version(request: Request) -> Response:
        spec, number = _flow(request), request.path_params["version_id"]
        known = [_VERSION] if spec.published else []
        if number not in (*known, *([_DRAFT] if not spec.published or spec.newer_draft else [])):
            raise not_found(f"Version {number} of flow {flow_id(spec.name)}")
        return _configuration(spec, latest=number == _DRAFT)

    async def consuming(request: Request) -> Response:
        if not request.query_params.get("id"):
            raise bad_request("id is required.")
        if request.query_params.get("objectType") != "DATAACTION":
            raise bad_request("objectType must be DATAACTION here.")
        action = org.specs.get(request.query_params["id"])
        using = [
            spec
            for spec in org.flows.values()
            if action is not None and any(step.action == action.name for step in spec.steps)
        ]
        return json_reply(paged(request, using, _consumer, sandbox.switches.max_page_size))

    def _flow(request: Request) -> FlowSpec:
        spec = org.flows.get(request.path_params["flow_id"])
        if spec is None:
            raise not_found(f"Flow {request.path_params['flow_id']}")
        return spec

    def _configuration(spec: FlowSpec, *, latest: bool) -> Response:
        ids = {action.name: action_id for action_id, action in reversed(org.specs.items())}
        body = flow_configuration(spec, ids, latest=latest)
        return json_reply(body) if isinstance(body, dict) else Response(str(body), media_type="text/html")

    one = "/api/v2/flows/{flow_id}"
    return [
        api_route(sandbox, "GET", "/api/v2/flows", list_flows, VIEW_FLOWS),
        api_route(sandbox, "GET", f"{one}/latestconfiguration", latest, VIEW_FLOWS),
        api_route(sandbox, "GET", f"{one}/versions/{{version_id}}/configuration", version, VIEW_FLOWS),
        api_route(sandbox, "GET", _CONSUMERS, consuming, VIEW_DEPENDENCIES),
    ]


def _to_wire(spec: FlowSpec) -> JsonObject:
    id_ = flow_id(spec.name)
    body: JsonObject = {
        "id": id_,
        "name": spec.name,
        "type": spec.type,
        "active": spec.published,
        "system": False,
        "deleted": False,
        "savedVersion": _version(id_, _DRAFT if spec.newer_draft or not spec.published else _VERSION),
        "selfUri": f"/api/v2/flows/{id_}",
    }
    if spec.published:
        body["publishedVersion"] = _version(id_, _VERSION)
    return body


def _version(id_: str, version: str) -> JsonObject:
    uri = f"/api/v2/flows/{id_}/versions/{version}"
    return {"id": version, "name": version, "configurationUri": f"{uri}/configuration", "selfUri": uri}


def _consumer(spec: FlowSpec) -> JsonObject:
    return {
        "id": flow_id(spec.name),
        "name": spec.name,
        "type": f"{spec.type}FLOW",
        "version": _VERSION,
        "deleted": False,
        "updated": False,
    }
