"""A tab in Locust's web UI: what the run folder says of each data action, as `diag measure` shows it.

Locust's page draws a table for every entry of `extended_tabs` from what `/stats/requests` carries along
(its documented way to extend the page); reading is done only while somebody looks.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from analysis.run_folder import RunFolder
from diag.measuring.progress import Follower, Progress

KEY: Final = "data-actions"
_COLUMNS: Final = (
    ("action", "Action"),
    ("state", "State"),
    ("calls", "Calls"),
    ("ok", "OK"),
    ("timeouts", "Timeouts"),
    ("errors", "Errors"),
    ("dropped", "Held back"),
)


def add_tab(web_ui: Any, folder: Callable[[], RunFolder | None]) -> None:
    """Add the tab to a Locust web UI; `folder` gives the present run's folder."""
    web_ui.template_args["extended_tabs"] = [{"title": "Data actions", "key": KEY}]
    web_ui.template_args["extended_tables"] = [
        {"key": KEY, "structure": [{"key": key, "title": title} for key, title in _COLUMNS]}
    ]
    followers: dict[RunFolder, Follower] = {}

    def carry_along(response: Any) -> Any:
        from flask import request

        now = folder()
        if not request.path.endswith("/stats/requests") or now is None or not response.is_json:
            return response
        if now not in followers:
            followers.clear()
            followers[now] = Follower(now)
        table = {"key": KEY, "data": rows(followers[now].look())}
        response.set_data(json.dumps({**response.get_json(), "extended_stats": [table]}))
        return response

    web_ui.app.after_request(carry_along)


def rows(progress: Progress) -> list[dict[str, object]]:
    """Return one row per action, and one for the run."""
    found: list[dict[str, object]] = [
        {
            "action": action.action_name,
            "state": "settled" if action.settled else _towards(action.more_calls),
            "calls": action.calls,
            "ok": action.ok,
            "timeouts": action.timeouts,
            "errors": action.errors,
            "dropped": action.dropped,
        }
        for action in progress.actions
    ]
    total = f"{progress.offered_rate:.1f} calls/s offered, {progress.in_flight} in flight"
    found.append(
        {
            "action": "All",
            "state": "; ".join([total, *progress.notes[-2:]]),
            "calls": progress.calls,
            "ok": progress.ok,
            "timeouts": progress.timeouts,
            "errors": progress.errors,
            "dropped": progress.dropped,
        }
    )
    return found


def _towards(more_calls: int | None) -> str:
    return "measuring" if more_calls is None else f"about {more_calls} more calls"
