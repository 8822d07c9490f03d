"""Actions: list, get, templates, schemas, create, change, delete."""

from collections.abc import Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from diag.sandbox.reply_bodies import bad_request, json_reply, not_found
from diag.sandbox.routes.paging import paged
from diag.sandbox.routes.request import api_route, flag, json_object, shown_parts
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.permissions import ADD, DELETE, EDIT, VIEW
from diag.sandbox.world.revision import ACTIONS_URI, ActionEntry

_SCHEMAS = {
    "inputschema.json": ("input", "inputSchema"),
    "successschema.json": ("output", "successSchema"),
    "errorschema.json": ("output", "errorSchema"),
}


def routes(sandbox: Sandbox) -> list[Route]:
    """Published actions, and the listing of drafts."""
    org = sandbox.org

    def page(request: Request, *, draft: bool) -> Response:
        config = flag(request, "includeConfig") and sandbox.switches.list_include_config
        entries = _chosen(request, list(org.entries()), draft=draft)
        to_wire = partial(ActionEntry.to_wire, draft=draft, config=config)
        return json_reply(paged(request, entries, to_wire, sandbox.switches.max_page_size))

    async def list_actions(request: Request) -> Response:
        return page(request, draft=False)

    async def list_drafts(request: Request) -> Response:
        return page(request, draft=True)

    async def get_action(request: Request) -> Response:
        entry = org.entry(request.path_params["action_id"])
        config, contract, flatten = shown_parts(request)
        return json_reply(entry.to_wire(config=config, contract=contract, flatten=flatten))

    async def create(request: Request) -> Response:
        body = await json_object(request, sandbox.limits.limits.request_bytes)
        return json_reply(org.create(body, draft=False).to_wire(config=True, contract=True))

    async def create_new_draft(request: Request) -> Response:
        body = await json_object(request, sandbox.limits.limits.request_bytes)
        return json_reply(org.create(body, draft=True).to_wire(draft=True, config=True, contract=True))

    async def patch(request: Request) -> Response:
        body = await json_object(request, sandbox.limits.limits.request_bytes)
        entry = org.update(request.path_params["action_id"], body)
        return json_reply(entry.to_wire(config=True))

    async def delete(request: Request) -> Response:
        org.delete(request.path_params["action_id"])
        return Response(status_code=204)

    async def template(request: Request) -> Response:
        return _template(org.entry(request.path_params["action_id"]), request, draft=False)

    async def draft_template(request: Request) -> Response:
        return _template(org.entry(request.path_params["action_id"]), request, draft=True)

    async def schema(request: Request) -> Response:
        return _schema(org.entry(request.path_params["action_id"]), request, draft=False)

    async def draft_schema(request: Request) -> Response:
        return _schema(org.entry(request.path_params["action_id"]), request, draft=True)

    one = f"{ACTIONS_URI}/{{action_id}}"
    return [
        api_route(sandbox, "GET", ACTIONS_URI, list_actions, VIEW),
        api_route(sandbox, "POST", ACTIONS_URI, create, ADD),
        api_route(sandbox, "GET", f"{ACTIONS_URI}/drafts", list_drafts, VIEW),
        api_route(sandbox, "POST", f"{ACTIONS_URI}/drafts", create_new_draft, ADD),
        api_route(sandbox, "GET", one, get_action, VIEW),
        api_route(sandbox, "PATCH", one, patch, EDIT),
        api_route(sandbox, "DELETE", one, delete, DELETE),
        api_route(sandbox, "GET", f"{one}/templates/{{file_name}}", template, VIEW),
        api_route(sandbox, "GET", f"{one}/draft/templates/{{file_name}}", draft_template, VIEW),
        api_route(sandbox, "GET", f"{one}/schemas/{{file_name}}", schema, VIEW),
        api_route(sandbox, "GET", f"{one}/draft/schemas/{{file_name}}", draft_schema, VIEW),
    ]


def _chosen(request: Request, entries: list[ActionEntry], *, draft: bool) -> list[ActionEntry]:
    """The entries the query's filters leave, in the order it asks for."""
    query = request.query_params
    chosen = [e for e in entries if (e.draft if draft else e.published) is not None]
    if not flag(request, "includeAuthActions"):
        chosen = [e for e in chosen if e.kind != "custom_auth"]
    if "ids" in query:
        ids = [id_.strip() for id_ in query["ids"].split(",") if id_.strip()]
        if len(ids) > 50:
            raise bad_request("ids takes at most 50 ids.")
        chosen = [e for e in chosen if e.id in ids]
    if "name" in query:
        part = query["name"].lower()
        chosen = [e for e in chosen if part in e.revision(draft=draft).name.lower()]
    if "category" in query:
        category = query["category"].lower()
        chosen = [e for e in chosen if e.revision(draft=draft).category.lower() == category]
    if "secure" in query:
        secure = flag(request, "secure")
        chosen = [e for e in chosen if e.revision(draft=draft).secure == secure]
    order = query.get("sortOrder", "asc").lower()
    if order not in ("asc", "desc"):
        raise bad_request("sortOrder must be asc or desc.")
    by = query.get("sortBy")
    if by is not None and by not in _SORT_KEYS:
        raise bad_request(f"sortBy must be one of {', '.join(_SORT_KEYS)}.")
    if by is not None:
        chosen.sort(key=lambda e: _SORT_KEYS[by](e, draft))
    if order == "desc":
        chosen.reverse()
    return chosen


_SORT_KEYS: dict[str, Callable[[ActionEntry, bool], str]] = {
    "id": lambda e, _: e.id,
    "name": lambda e, draft: e.revision(draft=draft).name.lower(),
    "category": lambda e, draft: e.revision(draft=draft).category.lower(),
}


def _template(entry: ActionEntry, request: Request, *, draft: bool) -> Response:
    file_name = request.path_params["file_name"].lower()
    text = entry.revision(draft=draft).config.template(file_name)
    if text is None:
        raise not_found(f"Template {file_name} of action {entry.id}")
    return PlainTextResponse(text)


def _schema(entry: ActionEntry, request: Request, *, draft: bool) -> Response:
    file_name = request.path_params["file_name"].lower()
    part, key = _SCHEMAS.get(file_name, ("", ""))
    holder = entry.revision(draft=draft).contract.get(part)
    schema = holder.get(key) if isinstance(holder, dict) else None
    if schema is None:
        raise not_found(f"Schema {file_name} of action {entry.id}")
    return json_reply(schema)
