"""A tab in Locust's web UI: what the run folder says of each data action, as `diag measure` shows it.

Locust's page draws a table for every entry of `extended_tabs` from what `/stats/requests` carries along
(its documented way to extend the page); reading is done only while the page is open. The page asks only while
`state` is "running" or "spawning" (locust/webui), and Locust says "stopped" before the calls in flight have
ended: so the tab says "running" until the rows and the report are written, and the page goes on asking.
"""

import json
from collections.abc import Callable
from typing import Any, Final

import gevent
from gevent.lock import Semaphore
from locust.runners import STATE_CLEANUP, STATE_RUNNING, STATE_SPAWNING, STATE_STOPPING

from analysis.format.run_folder import RunFolder
from diag.cross_site import why_foreign
from diag.measuring.run_progress import ProgressReader
from loadtests.run.run_phase import RunPhase
from loadtests.run.web_rows import COLUMNS, LINKED, REPORT_ROW, rows

KEY: Final = "data-actions"
REPORT: Final = "data-actions/report"
"""Where the report of the latest run is served, below the page's address."""
_LINK: Final = f"""<script>
new MutationObserver(function () {{
  document.querySelectorAll("td").forEach(function (cell) {{
    var says = cell.nextElementSibling && cell.nextElementSibling.textContent;
    if (cell.textContent !== "{REPORT_ROW}" || cell.firstElementChild) return;
    if (!says || !says.endsWith("{LINKED}")) return;
    var link = document.createElement("a");
    link.href = "./{REPORT}";
    link.target = "_blank";
    link.textContent = cell.textContent;
    cell.replaceChildren(link);
  }});
}}).observe(document.body, {{ childList: true, subtree: true, characterData: true }});
</script>"""
"""Makes a link of the row that tells of the report: Locust's tables show text only."""


def add_tab(web_ui: Any, phase: Callable[[], RunPhase | None], options: Any) -> None:
    """Add the tab, and a link to the report, to a Locust web UI; `phase` gives the latest run's."""
    web_ui.template_args["extended_tabs"] = [{"title": "Data actions", "key": KEY}]
    web_ui.template_args["extended_tables"] = [
        {"key": KEY, "structure": [{"key": key, "title": title} for key, title in COLUMNS]}
    ]
    web_ui.template_args["extended_csv_files"] = [
        {"href": f"./{REPORT}", "title": "Report of the latest run"}
    ]
    readers: dict[RunFolder, ProgressReader] = {}
    one_at_a_time = Semaphore()

    def carry_along(response: Any) -> Any:
        from flask import request

        if response.mimetype == "text/html" and (request.endpoint or "").endswith(".index"):
            page = response.get_data(as_text=True)
            response.set_data(page.replace("</body>", f"{_LINK}</body>"))
            return response
        if not request.path.endswith("/stats/requests") or phase() is None or not response.is_json:
            return response
        with one_at_a_time:
            now = phase()  # before reading: whatever it says is over, is on disk
            assert now is not None
            if now.folder not in readers:
                readers.clear()
                readers[now.folder] = ProgressReader(now.folder)
            readers[now.folder].planned_s = options.run_time
            progress = readers[now.folder].read(between=lambda: gevent.sleep(0))
        table = {"key": KEY, "data": rows(progress, now)}
        body = {**response.get_json(), "extended_stats": [table]}
        body["state"] = _state(web_ui.environment.runner.state, now)
        response.set_data(json.dumps(body))
        return response

    def serve_report() -> Any:
        from flask import request, send_file

        why = why_foreign(request.headers.get, str(options.web_host or ""))
        if why is not None:
            return why, 403
        now = phase()
        if now is None or not now.folder.report.exists():
            return "There is no report yet: it is written once a run is over.", 404
        return send_file(now.folder.report.resolve(), max_age=0)

    web_ui.app.after_request(carry_along)
    web_ui.app.add_url_rule(
        f"{options.web_base_path or ''}/{REPORT}",
        view_func=web_ui.auth_required_if_enabled(serve_report),
    )


def _state(of_runner: str, phase: RunPhase) -> str:
    """Return the state to show: running while anything is still to come, else what the runner says."""
    if of_runner in (STATE_CLEANUP, STATE_STOPPING):  # at neither does the page go on asking
        return STATE_RUNNING
    return of_runner if phase.step == "over" or of_runner == STATE_SPAWNING else STATE_RUNNING
