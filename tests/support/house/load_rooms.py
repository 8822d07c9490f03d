"""What each room of loadtests/ may import."""

from typing import Final

from tests.support.house.base_rooms import CLIENT

LOAD_ROOMS: Final[dict[str, set[str]]] = {
    "loadtests/__init__.py": set(),
    "loadtests/actions.py": {"loadtests.action_user", "loadtests.run", "diag.supported_platform", "locust"},
    "loadtests/forked_load.py": {
        "analysis.format", "analysis.machine", "loadtests.action_user", "gevent", "locust",
    },
    "loadtests/action_user.py": {"loadtests.run", "loadtests.sending", "locust"},
    "loadtests/planning": {
        *CLIENT, "analysis.coverage.week_of_hours",
        "analysis.format", "analysis.number_words", "analysis.moment_words", "analysis.plain_text",
        "diag.choice", "diag.direct",
        "diag.errors", "diag.exit_codes",
        "analysis.machine.ports",
        "diag.genesys.drafts",
        "diag.genesys.timeout_reply",
        "diag.hours", "diag.inventory",
        "diag.noted_drafts", "diag.platform_facts.facts", "diag.production.org_to_ask",
        "diag.production.when_production_calls",
        "diag.sandbox.launch", "diag.settings",
        "diag.target", "diag.workload",
    },
    "loadtests/recording": {
        "analysis.format", "analysis.machine", "analysis.plain_text", "diag.errors", "diag.measuring",
        "diag.workload.read_workload", "diag.target", "loadtests.planning", "gevent",
    },
    "loadtests/sending": {
        *CLIENT, "diag.genesys.replies.retry_after", "diag.genesys.outcomes",
        "diag.genesys.timeout_reply", "analysis.format", "analysis.openmetrics", "analysis.plain_text",
        "diag.errors", "diag.direct", "diag.exit_codes", "diag.workload", "loadtests.planning",
        "loadtests.recording",
        "gevent", "geventhttpclient", "opentelemetry",
    },
    "loadtests/steering": {
        "analysis.format", "analysis.machine.own_python", "analysis.machine.processes", "diag.exit_codes",
        "diag.genesys", "diag.workload",
        "loadtests.planning", "loadtests.recording", "loadtests.sending", "gevent",
    },
    "loadtests/workers": {
        *CLIENT, "analysis.format", "analysis.machine.processes", "analysis.number_words", "diag.errors",
        "diag.exit_codes", "diag.settings", "diag.target", "loadtests.planning", "loadtests.recording",
        "loadtests.sending",
        "loadtests.steering", "gevent", "locust", "psutil",
    },
    "loadtests/run": {
        *CLIENT, "analysis.analysis_errors", "analysis.format", "analysis.inline_toml", "analysis.machine",
        "analysis.number_words", "analysis.name_lists", "analysis.plain_text",
        "diag.errors", "diag.exit_codes", "diag.cross_site", "diag.measuring",
        "diag.settings", "diag.table", "diag.table_layout",
        "diag.clocks.target_clock", "diag.direct", "diag.target", "diag.workload", "analysis.wrapped_text",
        "loadtests.planning",
        "loadtests.recording",
        "diag.inventory.named_actions", "loadtests.sending", "loadtests.steering", "loadtests.workers",
        "flask", "werkzeug", "gevent", "locust",
    },
}  # fmt: skip
