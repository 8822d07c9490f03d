"""POST /oauth/token and the routes about the token itself."""

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.reply_bodies import ErrorReply, JsonObject, json_reply
from diag.sandbox.routes.api_guard import api_route, bearer
from diag.sandbox.routes.read_request import read_body
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.permissions import policies
from diag.sandbox.world.tokens import CLIENT_ID, LoginRefused


def routes(sandbox: Sandbox) -> list[Route]:
    """Login, and what a token may ask about itself."""
    client: JsonObject = {"id": CLIENT_ID, "name": "Sandbox client"}
    named: JsonObject = {"id": sandbox.org.id, "name": sandbox.org.name}
    organization: JsonObject = {
        **named,
        "version": 1,
        "domain": "sandbox.example",
        "state": "active",
        "selfUri": f"/api/v2/organizations/{sandbox.org.id}",
    }

    async def token(request: Request) -> Response:
        body = await read_body(request, sandbox.limits.limits.request_bytes)
        form = parse_qs(body.decode("utf-8", "replace"))
        try:
            issued = sandbox.tokens.issue(
                request.headers.get("authorization"), form.get("grant_type", [None])[0], sandbox.now_s()
            )
        except LoginRefused as refused:
            return json_reply(
                {"error": refused.error, "error_description": refused.description}, refused.status
            )
        return json_reply(
            {"access_token": issued, "token_type": "bearer", "expires_in": sandbox.tokens.lifetime_s}
        )

    async def tokens_me(_: Request) -> Response:
        return json_reply(
            {
                "organization": named,
                "homeOrganization": named,
                "authorizedScope": [],
                "OAuthClient": {**client, "authorizedGrantType": "CLIENT-CREDENTIALS", "roleDivisions": []},
            }
        )

    async def revoke(request: Request) -> Response:
        sandbox.tokens.revoke(bearer(request) or "")
        return Response(status_code=204)

    async def subjects_me(_: Request) -> Response:
        if not sandbox.switches.subjects_me:
            raise ErrorReply(403, "not.authorized", "This is not available to a client.")
        role: JsonObject = {
            "id": "sandbox-role",
            "name": "Sandbox role",
            "policies": [*policies(sandbox.permissions)],
        }
        division: JsonObject = {"id": "*", "name": "All divisions", "description": "Every division"}
        grant: JsonObject = {"division": division, "role": role}
        return json_reply({**client, "grants": [grant]})

    async def organizations_me(_: Request) -> Response:
        return json_reply(organization)

    return [
        Route("/oauth/token", token, methods=["POST"]),
        api_route(sandbox, "GET", "/api/v2/tokens/me", tokens_me),
        api_route(sandbox, "DELETE", "/api/v2/tokens/me", revoke),
        api_route(sandbox, "GET", "/api/v2/authorization/subjects/me", subjects_me),
        api_route(sandbox, "GET", "/api/v2/organizations/me", organizations_me),
    ]
