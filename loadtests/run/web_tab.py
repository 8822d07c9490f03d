"""A tab in Locust's web UI: what the run folder says of each data action, as `diag measure` shows it.

Locust's page draws a table for every entry of `extended_tabs` from what `/stats/requests` carries along
(its documented way to extend the page); reading is done only while the page is open.
"""

import json
from collections.abc import Callable
from typing import Any, Final

import gevent
from gevent.lock import Semaphore

from analysis.format.run_folder import RunFolder
from diag.measuring.run_progress import ProgressReader, RunProgress, latency_text

KEY: Final = "data-actions"
_COLUMNS: Final = (
    ("action", "Action"),
    ("state", "State"),
    ("calls", "Calls"),
    ("ok", "OK"),
    ("timeouts", "Timeouts"),
    ("errors", "Errors"),
    ("dropped", "Held back"),
    ("p50", "p50 so far"),
    ("p99", "p99 so far"),
)


def add_tab(
    web_ui: Any, folder: Callable[[], RunFolder | None], run_time_s: Callable[[], float | None]
) -> None:
    """Add the tab to a Locust web UI; `folder` and `run_time_s` give the present run's."""
    web_ui.template_args["extended_tabs"] = [{"title": "Data actions", "key": KEY}]
    web_ui.template_args["extended_tables"] = [
        {"key": KEY, "structure": [{"key": key, "title": title} for key, title in _COLUMNS]}
    ]
    readers: dict[RunFolder, ProgressReader] = {}
    one_at_a_time = Semaphore()

    def carry_along(response: Any) -> Any:
        from flask import request

        now = folder()
        if not request.path.endswith("/stats/requests") or now is None or not response.is_json:
            return response
        with one_at_a_time:
            if now not in readers:
                readers.clear()
                readers[now] = ProgressReader(now)
            readers[now].planned_s = run_time_s()
            progress = readers[now].read(between=lambda: gevent.sleep(0))
        table = {"key": KEY, "data": rows(progress)}
        response.set_data(json.dumps({**response.get_json(), "extended_stats": [table]}))
        return response

    web_ui.app.after_request(carry_along)


def rows(progress: RunProgress) -> list[dict[str, object]]:
    """Return one row per action, and one for the run."""
    table_rows: list[dict[str, object]] = [
        {
            "action": action.action_name,
            "state": "settled" if action.settled else _towards(action.more_calls),
            "calls": action.calls,
            "ok": action.ok,
            "timeouts": action.timeouts,
            "errors": action.errors,
            "dropped": action.dropped,
            "p50": latency_text(action.p50_ms, action.timed),
            "p99": latency_text(action.p99_ms, action.timed),
        }
        for action in progress.actions
    ]
    rate = progress.calls / progress.elapsed_s if progress.elapsed_s else 0.0
    left = [f"{progress.left_s:.0f} s left"] if progress.left_s is not None else []
    total = f"{rate:.1f} of {progress.offered_rate:.1f} calls/s, {progress.in_flight} in flight"
    table_rows.append(
        {
            "action": "All",
            "state": "; ".join([f"{progress.elapsed_s:.0f} s", *left, total, *progress.notes[-2:]]),
            "calls": progress.calls,
            "ok": progress.ok,
            "timeouts": progress.timeouts,
            "errors": progress.errors,
            "dropped": progress.dropped,
            "p50": "",
            "p99": "",
        }
    )
    return table_rows


def _towards(more_calls: int | None) -> str:
    return "measuring" if more_calls is None else f"about {more_calls} more calls"
