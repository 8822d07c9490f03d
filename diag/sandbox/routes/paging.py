"""Pages with totals and links, as every listing of the platform has them."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

from diag.sandbox.reply_bodies import JsonObject
from diag.sandbox.routes.read_request import integer

DEFAULT_PAGE_SIZE: Final = 25

_T = TypeVar("_T")


def paged(
    request: Request, items: Sequence[_T], to_wire: Callable[[_T], JsonObject], max_size: int
) -> JsonObject:
    """The page of `items` that the query asks for. Raises ErrorReply 400 for an impossible page."""
    size = integer(request, "pageSize", DEFAULT_PAGE_SIZE, low=1, high=max_size)
    number = integer(request, "pageNumber", 1, low=1, high=1_000_000)
    count = -(-len(items) // size)
    start = (number - 1) * size
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in ("pageSize", "pageNumber")]

    def uri(page: int) -> str:
        return f"{request.url.path}?{urlencode([*kept, ('pageSize', size), ('pageNumber', page)])}"

    page: JsonObject = {
        "entities": [to_wire(item) for item in items[start : start + size]],
        "pageSize": size,
        "pageNumber": number,
        "total": len(items),
        "pageCount": count,
        "selfUri": uri(number),
        "firstUri": uri(1),
        "lastUri": uri(max(count, 1)),
    }
    if number < count:
        page["nextUri"] = uri(number + 1)
    if number > 1:
        page["previousUri"] = uri(number - 1)
    return page
