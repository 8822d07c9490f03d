"""Calls that only `diag doctor --learn` makes: they ask how the platform behaves, not what the org holds."""

from dataclasses import dataclass

from diag.genesys.actions import ACTIONS, VIEW
from diag.genesys.analytics.aggregate_query import NEEDS, QUERY
from diag.genesys.data_action import Action
from diag.genesys.http.api import Api, QueryParams
from diag.genesys.replies.json_reply import JsonObject, objects, optional_int


@dataclass(frozen=True, slots=True)
class ListedPage:
    """One page of the list of actions, as it came. `page_size` is what the reply says its size is."""

    actions: tuple[Action, ...]
    page_size: int | None
    total: int | None


class LearningRequests:
    """The part of the client that asks how the platform behaves."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def list_page(
        self, page_size: int, *, include_config: bool = False, name: str | None = None
    ) -> ListedPage:
        """Return the first page of the org's actions, of those whose name holds `name`. Raises ApiError."""
        params: QueryParams = {"pageSize": page_size, "pageNumber": 1, "includeConfig": include_config}
        if name is not None:
            params["name"] = name
        page = self._api.get(ACTIONS, params=params, needs=VIEW)
        where = f"GET {ACTIONS}"
        actions = tuple(Action.from_json(entity, where) for entity in objects(page.get("entities"), where))
        return ListedPage(actions, optional_int(page, "pageSize"), optional_int(page, "total"))

    def answers(self, path: str, needs: tuple[str, ...]) -> JsonObject:
        """Return what a route that only reads answers. Raises ApiError."""
        return self._api.get(path, needs=needs)

    def ask_telemetry(self, query: JsonObject) -> JsonObject:
        """Return the answer to a query of production telemetry, made by hand. Raises ApiError."""
        return self._api.query(QUERY, query, needs=NEEDS)
