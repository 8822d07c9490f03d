"""Drafts: made from the published action, changed, validated, published, dropped."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.reply_bodies import json_reply
from diag.sandbox.routes.api_guard import api_route
from diag.sandbox.routes.audits import audited
from diag.sandbox.routes.data_actions.action_wire import action_body, action_json
from diag.sandbox.routes.read_request import correlation_id, json_object, shown_parts
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.actions.revision import ACTIONS_URI
from diag.sandbox.world.org import draft_errors
from diag.sandbox.world.permissions import DELETE, EDIT, VIEW


def routes(sandbox: Sandbox) -> list[Route]:
    """Everything under /{id}/draft but the test run."""
    org = sandbox.org

    async def create(request: Request) -> Response:
        entry = org.create_draft(request.path_params["action_id"])
        return json_reply(action_json(request, entry, draft=True, config=True, contract=True))

    async def get(request: Request) -> Response:
        entry = org.entry(request.path_params["action_id"])
        config, contract, flatten = shown_parts(request)
        return json_reply(
            action_json(request, entry, draft=True, config=config, contract=contract, flatten=flatten)
        )

    async def patch(request: Request) -> Response:
        body = await action_body(request, sandbox.limits.limits.request_bytes)
        entry = org.update(request.path_params["action_id"], body, draft=True)
        return json_reply(action_json(request, entry, draft=True, config=True, contract=True))

    async def delete(request: Request) -> Response:
        org.delete_draft(request.path_params["action_id"])
        return Response(status_code=204)

    async def validation(request: Request) -> Response:
        draft = org.entry(request.path_params["action_id"]).revision(draft=True)
        errors = [error.body(correlation_id(request)) for error in draft_errors(draft)]
        return json_reply({"valid": not errors, "errors": errors})

    async def publish(request: Request) -> Response:
        body = await json_object(request, sandbox.limits.limits.request_bytes)
        before = org.entry(request.path_params["action_id"]).published
        entry = org.publish(request.path_params["action_id"], body)
        audited(sandbox, request, "Update" if before else "Create", entry, before)
        return json_reply(action_json(request, entry, config=True, contract=True))

    draft = f"{ACTIONS_URI}/{{action_id}}/draft"
    return [
        api_route(sandbox, "POST", draft, create, EDIT),
        api_route(sandbox, "GET", draft, get, VIEW),
        api_route(sandbox, "PATCH", draft, patch, EDIT),
        api_route(sandbox, "DELETE", draft, delete, DELETE),
        api_route(sandbox, "GET", f"{draft}/validation", validation, EDIT),
        api_route(sandbox, "POST", f"{draft}/publish", publish, EDIT),
    ]
