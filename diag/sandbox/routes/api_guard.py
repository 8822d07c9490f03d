"""The guard in front of every API route: the token, its rate limit, and the permission that is asked for."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.reply_bodies import ErrorReply
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.permissions import require

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


def api_route(
    sandbox: Sandbox, method: str, path: str, handler: Handler, any_of: tuple[str, ...] = ()
) -> Route:
    """A route that needs a token, counts against its rate limit, and asks for one of `any_of` permissions."""

    async def guarded(request: Request) -> Response:
        token = bearer(request)
        if token is None:
            raise ErrorReply(
                401,
                "authentication.required",
                "No authentication bearer token specified in authorization header.",
            )
        now_s = sandbox.now_s()
        if not sandbox.tokens.valid(token, now_s):
            raise ErrorReply(401, "bad.credentials", "Invalid login credentials.")
        headers = sandbox.limits.take_request(token, now_s, retry_after=sandbox.switches.retry_after)
        require(sandbox.permissions, any_of)
        response = await handler(request)
        if sandbox.switches.rate_limit_headers == "inin":
            response.raw_headers.extend((name.encode(), value.encode()) for name, value in headers.items())
        return response

    return Route(path, guarded, methods=[method])


def bearer(request: Request) -> str | None:
    """The bearer token of a request, if it has one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
