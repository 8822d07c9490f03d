"""The function behind a function action: its second timeout, read and changed through the draft."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.reply_bodies import JsonObject, bad_request, json_reply
from diag.sandbox.routes.api_guard import api_route
from diag.sandbox.routes.read_request import integer, json_object
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.actions.revision import ACTIONS_URI
from diag.sandbox.world.permissions import EDIT_FUNCTION, VIEW_FUNCTION

_RUNTIMES = ("nodejs20.x", "nodejs22.x")


def routes(sandbox: Sandbox) -> list[Route]:
    """Everything about functions; only actions of a function integration have one."""
    org = sandbox.org

    async def get(request: Request) -> Response:
        return _config(request.path_params["action_id"], draft=False)

    async def get_draft(request: Request) -> Response:
        return _config(request.path_params["action_id"], draft=True)

    def _config(action_id: str, *, draft: bool) -> Response:
        function = org.function(action_id, draft=draft)
        uri = f"{ACTIONS_URI}/{action_id}/{'draft/' if draft else ''}function"
        zip_: JsonObject = {"id": function.get("zipId"), "name": "function.zip", "status": "Available"}
        return json_reply({"id": action_id, "function": function, "zip": zip_, "selfUri": uri})

    async def put_draft(request: Request) -> Response:
        action_id = request.path_params["action_id"]
        body = await json_object(request, sandbox.limits.limits.request_bytes)
        if body.get("runtime", _RUNTIMES[-1]) not in _RUNTIMES:
            raise bad_request(f"runtime must be one of {', '.join(_RUNTIMES)}.")
        org.put_function(action_id, body)
        return _config(action_id, draft=True)

    async def upload(request: Request) -> Response:
        action_id = request.path_params["action_id"]
        org.function(action_id, draft=True)
        await json_object(request, sandbox.limits.limits.request_bytes)
        seconds = integer(request, "signedUrlTimeoutSeconds", 600, low=1, high=3600)
        url = f"https://uploads.example/{action_id}"
        return json_reply({"url": url, "headers": {}, "signedUrlTimeoutSeconds": seconds})

    async def runtimes(_: Request) -> Response:
        return json_reply([{"name": name, "description": name, "status": "Available"} for name in _RUNTIMES])

    one = f"{ACTIONS_URI}/{{action_id}}"
    return [
        api_route(sandbox, "GET", f"{ACTIONS_URI}/functions/runtimes", runtimes, VIEW_FUNCTION),
        api_route(sandbox, "GET", f"{one}/function", get, VIEW_FUNCTION),
        api_route(sandbox, "GET", f"{one}/draft/function", get_draft, VIEW_FUNCTION),
        api_route(sandbox, "PUT", f"{one}/draft/function", put_draft, EDIT_FUNCTION),
        api_route(sandbox, "POST", f"{one}/draft/function/upload", upload, EDIT_FUNCTION),
    ]
