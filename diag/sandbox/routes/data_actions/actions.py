"""Actions: list, get, templates, schemas, create, change, delete."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from diag.sandbox.reply_bodies import bad_request, json_reply, not_found
from diag.sandbox.routes.api_guard import api_route
from diag.sandbox.routes.audits import audited
from diag.sandbox.routes.data_actions.action_wire import action_body, action_json
from diag.sandbox.routes.paging import paged
from diag.sandbox.routes.read_request import flag, shown_parts
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.actions.revision import ACTIONS_URI, ActionEntry, Revision
from diag.sandbox.world.permissions import ADD, DELETE, EDIT, VIEW

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
        to_wire = partial(action_json, request, draft=draft, config=config)
        return json_reply(paged(request, entries, to_wire, sandbox.switches.max_page_size))

    async def list_actions(request: Request) -> Response:
        return page(request, draft=False)

    async def list_drafts(request: Request) -> Response:
        return page(request, draft=True)

    async def get_action(request: Request) -> Response:
        entry = org.entry(request.path_params["action_id"])
        config, contract, flatten = shown_parts(request)
        return json_reply(action_json(request, entry, config=config, contract=contract, flatten=flatten))

    async def create(request: Request) -> Response:
        body = await action_body(request, sandbox.limits.limits.request_bytes)
        entry = org.create(body, draft=False)
        audited(sandbox, request, "Create", entry, None)
        return json_reply(action_json(request, entry, config=True, contract=True))

    async def create_new_draft(request: Request) -> Response:
        body = await action_body(request, sandbox.limits.limits.request_bytes)
        entry = org.create(body, draft=True)
        return json_reply(action_json(request, entry, draft=True, config=True, contract=True))

    async def patch(request: Request) -> Response:
        body = await action_body(request, sandbox.limits.limits.request_bytes)
        before = org.entry(request.path_params["action_id"]).published
        entry = org.update(request.path_params["action_id"], body)
        audited(sandbox, request, "Update", entry, before)
        return json_reply(action_json(request, entry, config=True))

    async def delete(request: Request) -> Response:
        entry = org.entry(request.path_params["action_id"])
        org.delete(entry.id)
        audited(sandbox, request, "Delete", entry, entry.published)
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
    """Return the entries that pass the query's filters, in the order it asks for. Raises ErrorReply 400."""
    filters = [make(request) for name, make in _FILTERS.items() if name in request.query_params]
    hide_auth = not flag(request, "includeAuthActions")
    chosen = [
        (entry, revision)
        for entry in entries
        if (revision := entry.draft if draft else entry.published) is not None
        and not (hide_auth and entry.kind == "custom_auth")
    ]
    for passes in filters:
        chosen = [pair for pair in chosen if passes(*pair)]
    return _ordered(request, chosen)


def _ordered(request: Request, chosen: list[tuple[ActionEntry, Revision]]) -> list[ActionEntry]:
    order = request.query_params.get("sortOrder", "asc").lower()
    if order not in ("asc", "desc"):
        raise bad_request("sortOrder must be asc or desc.")
    by = request.query_params.get("sortBy")
    if by is not None and by not in _SORT_KEYS:
        raise bad_request(f"sortBy must be one of {', '.join(_SORT_KEYS)}.")
    if by is not None:
        chosen = sorted(chosen, key=lambda pair: _SORT_KEYS[by](*pair))
    entries = [entry for entry, _ in chosen]
    return entries[::-1] if order == "desc" else entries


_Filter: TypeAlias = Callable[[ActionEntry, Revision], bool]


def _by_ids(request: Request) -> _Filter:
    ids = [id_.strip() for id_ in request.query_params["ids"].split(",") if id_.strip()]
    if len(ids) > 50:
        raise bad_request("ids takes at most 50 ids.")
    return lambda entry, _: entry.id in ids


def _by_name(request: Request) -> _Filter:
    part = request.query_params["name"].lower()
    return lambda _, revision: part in revision.name.lower()


def _by_category(request: Request) -> _Filter:
    category = request.query_params["category"].lower()
    return lambda _, revision: revision.category.lower() == category


def _by_secure(request: Request) -> _Filter:
    secure = flag(request, "secure")
    return lambda _, revision: revision.secure == secure


_FILTERS: Final[dict[str, Callable[[Request], _Filter]]] = {
    "ids": _by_ids,
    "name": _by_name,
    "category": _by_category,
    "secure": _by_secure,
}
"""Query parameter -> what it asks of an action."""

_SORT_KEYS: Final[dict[str, Callable[[ActionEntry, Revision], str]]] = {
    "id": lambda entry, _: entry.id,
    "name": lambda _, revision: revision.name.lower(),
    "category": lambda _, revision: revision.category.lower(),
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
