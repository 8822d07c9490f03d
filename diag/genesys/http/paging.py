"""Following every page of a listing, and never for ever.

A listing says in up to three ways whether there is more (`nextUri`, `pageCount`, `total`); the largest
promise counts, because stopping early loses actions: a Terraform export once read 250 of 289
(docs/genesys-api.md, "Endpoints").
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from diag.genesys.api_errors import ApiError, UnexpectedReplyError
from diag.genesys.http.api import Api, QueryParams
from diag.genesys.replies.json_reply import JsonObject, objects, optional_int

PAGE_SIZE: Final = 100
"""What the Terraform provider uses; larger values are undocumented."""

MAX_PAGES: Final = 10_000

OnProgress = Callable[[int, int | None], None]
"""Called with how many are done and how many there are in all (None: unknown)."""


def all_entities(
    api: Api,
    path: str,
    params: QueryParams,
    *,
    needs: tuple[str, ...] = (),
    page_size: int = PAGE_SIZE,
    on_progress: OnProgress | None = None,
) -> list[JsonObject]:
    """Return the entities of all pages, each id once, in listing order.

    `page_size`: how many a page; one that the platform refuses (400) gives way to the usual one.

    Raises `UnexpectedReplyError` when a page brings nothing new although there should be more: a server
    that ignores `pageNumber` would otherwise be read for ever. The same for an empty page
    after a full one, before as many were listed as there are: a list that is cut short looks like an org with
    fewer actions. After a page that is not full the total only counted more than is shown (whether it knows
    filters and divisions is unknown).
    """
    found: dict[str, JsonObject] = {}
    listed, promised, was_full = 0, 0, False
    for number in range(1, MAX_PAGES + 1):
        sized: QueryParams = {**params, "pageSize": page_size, "pageNumber": number}
        try:
            page = api.get(path, params=sized, needs=needs)
        except ApiError as error:
            if error.status != HTTPStatus.BAD_REQUEST or number > 1 or page_size == PAGE_SIZE:
                raise
            page_size = PAGE_SIZE
            page = api.get(path, params={**sized, "pageSize": page_size}, needs=needs)
        entities = objects(page.get("entities"), f"GET {path}")
        total = optional_int(page, "total")
        promised = promised if total is None else total
        if not entities and was_full and listed < promised:
            raise UnexpectedReplyError(
                f"GET {path} listed {listed} of {promised} entries: page {number} is empty.",
                hint="Does a proxy in between cut replies short? Run the command again.",
            )
        if not entities:
            break
        listed += len(entities)
        was_full = len(entities) >= page_size
        before = len(found)
        for entity in entities:
            found.setdefault(str(entity.get("id")), entity)
        if len(found) == before:
            raise UnexpectedReplyError(
                f"Page {number} of GET {path} repeats earlier pages; {len(found)} entries were read.",
                hint="Does a proxy drop the pageNumber parameter?",
            )
        if on_progress:
            on_progress(len(found), total)
        if not _has_more(page, number, listed, total):
            break
    return list(found.values())


def _has_more(page: JsonObject, number: int, listed: int, total: int | None) -> bool:
    page_count = optional_int(page, "pageCount")
    if page_count is None and total is None and "nextUri" not in page:
        return True  # no promise at all: an empty page ends it
    return bool(page.get("nextUri")) or number < (page_count or 0) or listed < (total or 0)
