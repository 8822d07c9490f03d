"""How the application learns that a client has left."""

from starlette.types import Receive


async def wait_for_disconnect(receive: Receive) -> None:
    """Return once uvicorn knows that the connection is closed; only then may a request go unanswered."""
    while (await receive())["type"] != "http.disconnect":
        pass
