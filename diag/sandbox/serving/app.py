"""The ASGI application: all routes behind the middleware."""

from collections import defaultdict
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from diag.sandbox.reply_bodies import ErrorReply
from diag.sandbox.routes import (
    analytics,
    audits,
    backends,
    clock,
    flows,
    login,
    organization,
    sandbox_only,
)
from diag.sandbox.routes.data_actions import actions, calls, drafts, functions
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.serving.middleware import PlatformMiddleware


def sandbox_app(sandbox: Sandbox) -> ASGIApp:
    """The sandbox's HTTP face."""
    return PlatformMiddleware(_with_platform_errors(all_routes(sandbox)), sandbox)


def all_routes(sandbox: Sandbox) -> list[Route]:
    """Every route, the busiest first: matching is a walk down those of as many parts."""
    return [
        *calls.routes(sandbox),
        *backends.routes(sandbox),
        *functions.routes(sandbox),
        *actions.routes(sandbox),
        *drafts.routes(sandbox),
        *login.routes(sandbox),
        *organization.routes(sandbox),
        *analytics.routes(sandbox),
        *flows.routes(sandbox),
        *audits.routes(sandbox),
        *sandbox_only.routes(sandbox),
        *clock.routes(sandbox),
    ]


def _with_platform_errors(routes: Iterable[Route]) -> ASGIApp:
    """Unknown paths and methods refused with the platform's messages."""
    by_depth: defaultdict[int, list[Route]] = defaultdict(list)
    for route in routes:
        by_depth[_depth(route.path)].append(route)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        # A walk down all of them was a fifth of what a request costs: no parameter of a path holds a slash.
        route, scope["path_params"] = _find(by_depth.get(_depth(path), ()), scope["method"], path)
        response: Response = await route.endpoint(Request(scope, receive, send))
        await response(scope, receive, send)

    return app


def _find(routes: Iterable[Route], method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Return the route of a request and the parameters in its path. Raises ErrorReply 404, 405."""
    other: Route | None = None
    for route in routes:
        found = route.path_regex.match(path)
        if found is not None:
            if method in (route.methods or ()):
                return route, found.groupdict()
            other = other or route
    if other is None:
        raise ErrorReply(404, "not.found", f"{method} {path}: Not Found")
    allowed = {"Allow": ", ".join(other.methods or ())}
    raise ErrorReply(405, "method.not.allowed", f"{method} {path}: Method Not Allowed", headers=allowed)


def _depth(path: str) -> int:
    return path.count("/")
