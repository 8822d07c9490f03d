"""How large a page of the list of actions may be, and whether the list carries configs."""

from typing import Final

from diag.genesys.api_errors import ApiError, RefusedRequestError
from diag.genesys.learning_requests import ListedPage
from diag.learning.lab.experiment import Found, Learning
from diag.learning.lab.lab import Lab

SURE: Final = 100
"""What the official tools ask for: taken everywhere."""
_HALF: Final = 200
_LADDER: Final = {1000: (1000,), 500: (1000, 500), 200: (1000, 500, 200)}
REQUESTS: Final = 4


def list_with_configs(lab: Lab) -> Learning:
    """Ask the list for configs: an org that does not know the parameter sends none."""
    page = lab.client.list_page(SURE, include_config=True)
    configurable = [action for action in page.actions if action.configurable]
    if not configurable:
        return Learning("not learnt: the first page lists no action that could have a config")
    carried = any(action.config is not None for action in configurable)
    how = "a page of the list of actions asked for with includeConfig"
    text = (
        "the list carries configs"
        if carried
        else "the list carries no configs: each action is read by itself"
    )
    return Learning(text, (Found("list_include_config", carried, how),))


def largest_page(lab: Lab) -> Learning:
    """Ask for pages of 1,000, 500 and 200 actions until one is taken."""
    for size in (1000, 500, 200):
        try:
            page = lab.client.list_page(size)
        except RefusedRequestError:
            continue
        taken = _really_taken(page, size)
        how = f"a page of {size:,} was asked for, and taken"
        if taken < size:
            how = "a larger page was asked for, and the reply said its size"
        return Learning(f"pages of {taken:,} are taken", (Found("max_page_size", taken, how),))
    how = "pages of 200, 500 and 1,000 were refused; official tools ask for 100"
    return Learning("pages of more than 100 are refused", (Found("max_page_size", SURE, how, "concluded"),))


def _really_taken(page: ListedPage, size: int) -> int:
    """A server may take a large page and send a small one."""
    taken = size if page.page_size is None else min(page.page_size, size)
    promised = taken if page.total is None else min(page.total, taken)
    return taken if len(page.actions) >= promised else max(len(page.actions), 1)


def subject_is_readable(error: ApiError | None) -> Learning:
    """Return what the attempt to read the client's own permissions showed."""
    how = "the client's own grants were asked for"
    if error is None:
        return Learning("the client may read its own permissions", (Found("subjects_me", True, how),))
    if error.status is None or error.status >= 500 or error.status == 429:
        return Learning(f"not learnt: {error.message}")
    text = f"the client may not read its own permissions ({error.status}): they are tried one by one"
    return Learning(text, (Found("subjects_me", False, how),))
