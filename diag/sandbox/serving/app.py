"""The ASGI application: all routes behind the middleware."""

from collections import defaultdict
from collections.abc import Iterable

from starlette.exceptions import HTTPException
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from diag.sandbox.reply_bodies import ErrorReply
from diag.sandbox.routes import (
    analytics,
    audits,
    backends,
    clock,
    control,
    flows,
    login,
    organization,
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
        *control.routes(sandbox),
        *clock.routes(sandbox),
    ]


def _with_platform_errors(routes: Iterable[Route]) -> ASGIApp:
    """Unknown paths and methods refused with the platform's messages."""
    by_depth: defaultdict[int, list[Route]] = defaultdict(list)
    for route in routes:
        by_depth[_depth(route.path)].append(route)
    # A walk down all of them was a fifth of what a request costs: no parameter of a path holds a slash.
    routers = {depth: Router(some, redirect_slashes=False) for depth, some in by_depth.items()}
    none = Router(redirect_slashes=False)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        router = routers.get(_depth(scope["path"]), none)
        scope["app"] = router  # tells the router to raise instead of answering in plain text
        try:
            await router(scope, receive, send)
        except HTTPException as error:
            code = {404: "not.found", 405: "method.not.allowed"}.get(error.status_code, "bad.request")
            raise ErrorReply(
                error.status_code,
                code,
                f"{scope['method']} {scope['path']}: {error.detail}",
                headers=error.headers or {},
            ) from error

    return app


def _depth(path: str) -> int:
    return path.count("/")
