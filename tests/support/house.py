"""The house: which rooms there are, what each may import, and the map of them in docs/design.md.

A room is a folder. The files at the top of a house (`diag/errors.py`) are rooms of their own, because what
they may import differs. `python -m tests.support.drawn` draws the map in docs/design.md anew.
"""

import ast
from functools import cache
from pathlib import Path
from typing import Final

from tests.support.source_files import HOUSES, ROOT, imports_of, module_of, python_files, tree_of

_ANALYSIS: Final = {
    "analysis.analysis_errors", "analysis.settings", "analysis.number_words", "analysis.plain_text",
    "analysis.typed_command",
}  # fmt: skip
_CLIENT: Final = {
    "diag.genesys.client",
    "diag.genesys.api_errors",
    "diag.genesys.models",
    "diag.genesys.replies.json_reply",
}

# Room -> what it may import beside the standard library and itself. Whatever is not named here is
# forbidden, at any depth of a file. Where a room is listed, so are its sub-rooms.
MAY_IMPORT: Final[dict[str, set[str]]] = {
    # analysis, in the order data flows
    "analysis/__init__.py": set(),
    "analysis/analysis_errors.py": set(),
    "analysis/number_words.py": set(),
    "analysis/plain_text.py": set(),
    "analysis/wrapped_text.py": set(),
    "analysis/openmetrics.py": {"analysis.plain_text"},
    "analysis/value_words.py": set(),
    "analysis/written_json.py": set(),
    "analysis/inline_toml.py": {"analysis.plain_text"},
    "analysis/machine": {"psutil"},
    "analysis/long_arrays": {"analysis.analysis_errors", "analysis.machine", "numpy"},
    "analysis/format": {
        "analysis.analysis_errors", "analysis.machine", "analysis.plain_text", "analysis.written_json",
    },
    "analysis/settings.py": {"analysis.analysis_errors", "analysis.format"},
    "analysis/cut_off.py": {"analysis.analysis_errors", "analysis.settings"},
    "analysis/typed_command.py": {"analysis.cut_off", "analysis.machine.command_words", "analysis.settings"},
    "analysis/coverage": {"analysis.format", "analysis.long_arrays", "numpy", "scipy"},
    "analysis/other_tools": {
        "analysis.analysis_errors", "analysis.format", "analysis.samples.table_builder",
        "analysis.other_tools.unpacked_file", "numpy", "pandas",
    },
    "analysis/samples": {
        "analysis.analysis_errors", "analysis.coverage", "analysis.format", "analysis.long_arrays",
        "analysis.machine.scratch_files", "analysis.number_words", "analysis.other_tools", "numpy", "pandas",
        "pyarrow",
    },
    "analysis/runs": {
        "analysis.format", "analysis.long_arrays", "analysis.samples", "numpy", "pandas"
    },
    "analysis/statistics": {"analysis.long_arrays", "numpy", "scipy"},
    "analysis/estimates": {
        *_ANALYSIS, "analysis.coverage", "analysis.long_arrays",
        "analysis.format", "analysis.samples", "analysis.runs", "analysis.statistics", "numpy", "scipy",
    },
    "analysis/direct_side": {
        *_ANALYSIS, "analysis.format", "analysis.samples", "analysis.runs", "analysis.statistics",
        "analysis.estimates", "numpy",
    },
    "analysis/costs": {
        *_ANALYSIS, "analysis.format", "analysis.statistics", "analysis.estimates", "numpy",
    },
    "analysis/jobs": {*_ANALYSIS, "analysis.format", "analysis.estimates", "analysis.statistics", "numpy"},
    "analysis/flows": {"analysis.format.typed_json", "analysis.number_words"},
    "analysis/verdicts": {
        *_ANALYSIS, "analysis.coverage", "analysis.long_arrays",
        "analysis.format", "analysis.samples", "analysis.runs", "analysis.statistics",
        "analysis.estimates", "analysis.costs", "analysis.direct_side", "analysis.jobs",
        "analysis.written_json", "numpy",
    },
    "analysis/production": {
        *_ANALYSIS, "analysis.coverage",
        "analysis.format", "analysis.samples", "analysis.statistics", "analysis.estimates",
        "analysis.verdicts", "numpy",
    },
    "analysis/stopping": {
        *_ANALYSIS, "analysis.direct_side", "analysis.format", "analysis.machine.command_words",
        "analysis.samples", "analysis.statistics", "analysis.estimates",
        "analysis.verdicts", "numpy", "pandas", "scipy",
    },
    "analysis/views": {
        *_ANALYSIS, "analysis.format", "analysis.long_arrays", "analysis.samples", "analysis.statistics",
        "analysis.estimates",
        "analysis.verdicts", "analysis.production", "analysis.written_json", "numpy", "pandas", "scipy",
    },
    # reports
    "reports/__init__.py": set(),
    "reports/report_data.py": {"analysis.flows", "analysis.format", "analysis.verdicts", "analysis.views"},
    "reports/wording": {
        "analysis.costs", "analysis.cut_off", "analysis.direct_side", "analysis.format", "analysis.verdicts",
        "analysis.views",
        "analysis.machine.command_words", "analysis.number_words", "analysis.plain_text",
        "analysis.settings", "analysis.typed_command", "markupsafe",
    },
    "reports/charts": {
        "analysis.direct_side", "analysis.number_words", "analysis.plain_text", "analysis.statistics",
        "analysis.verdicts", "analysis.views", "reports.wording", "matplotlib", "numpy",
    },
    "reports/figures": {
        "analysis.coverage", "analysis.direct_side", "analysis.format", "analysis.number_words",
        "analysis.statistics", "analysis.verdicts", "analysis.views", "reports.charts", "reports.wording",
        "matplotlib",
    },
    "reports/pages": {
        "analysis", "reports.report_data", "reports.charts", "reports.figures", "reports.wording", "jinja2",
        "markupsafe",
    },
    "reports/exports": {
        "analysis", "reports.report_data", "reports.charts", "reports.figures", "reports.pages",
        "reports.wording",
    },
    # diag: the small files everything stands on
    "diag/__init__.py": set(),
    "diag/__main__.py": {"diag.cli", "diag.supported_platform"},
    "diag/exit_codes.py": set(),
    "diag/toml_section.py": {"analysis.format.input_file"},
    "diag/table.py": {"analysis.plain_text", "analysis.wrapped_text"},
    "diag/table_layout.py": {"diag.table", "analysis.wrapped_text"},
    "diag/errors.py": {"analysis.plain_text", "analysis.wrapped_text"},
    "diag/supported_platform.py": set(),
    "diag/cross_site.py": set(),
    "diag/cli.py": {
        "click", "analysis.machine", "analysis.plain_text", "diag.__version__", "diag.errors",
        "diag.completion.shells", "diag.exit_codes", "diag.notifying.typed_address",
        "diag.supported_platform",
        "analysis.wrapped_text",
    },
    "diag/console.py": {
        "click", "rich", "analysis.plain_text", "diag.errors", "diag.exit_codes", "diag.table",
        "diag.table_layout",
        "analysis.wrapped_text",
    },
    "diag/setting_sources.py": {"analysis.format", "analysis.machine", "diag.errors", "dotenv"},
    "diag/settings.py": {"diag.errors", "diag.genesys.http", "diag.setting_sources"},
    "diag/target.py": {
        "analysis.format.checked_json", "analysis.format.typed_json", "diag.errors", "diag.genesys.http",
        "diag.platform_facts", "diag.settings",
    },
    "diag/clocks/target_clock.py": {
        "analysis.format.checked_json", "analysis.format.typed_json", "diag.clocks.wall_clock",
        "diag.errors", "diag.target",
    },
    "diag/clocks/__init__.py": set(),
    "diag/clocks/wall_clock.py": set(),
    "diag/schemas": {"analysis.format.atomic_write", "analysis.format.input_file", "diag.errors"},
    "diag/waiting": {"analysis.number_words", "analysis.samples.read_progress", "diag.console"},
    "diag/judged_files.py": {
        "analysis", "reports.report_data", "diag.__version__", "diag.errors",
    },
    "diag/platform_facts": {
        "analysis.format", "analysis.inline_toml", "analysis.plain_text", "diag.errors", "diag.toml_section",
    },
    # the client
    "diag/genesys/api_errors.py": set(),
    "diag/genesys": {
        "analysis.format.checked_json", "diag.__version__", "diag.platform_facts.facts", "httpx",
    },
    "diag/genesys/analytics": {
        "diag.genesys.api_errors", "diag.genesys.http", "diag.genesys.replies", "diag.platform_facts",
    },
    "diag/genesys/replies": {"analysis.format.checked_json", "diag.genesys.api_errors", "httpcore", "httpx"},
    "diag/genesys/http": {
        "analysis.format.checked_json", "diag.__version__", "diag.genesys.api_errors", "diag.genesys.replies",
        "diag.platform_facts.facts", "httpx", "stamina",
    },
    "diag/noted_drafts.py": {*_CLIENT, "analysis.format.drafts_file", "diag.genesys.drafts"},
    # the sandbox: knows nothing of the client, so that each can prove the other
    "diag/sandbox/__init__.py": set(),
    "diag/sandbox/__main__.py": {
        "analysis.machine", "analysis.plain_text", "diag.sandbox.sandbox_errors", "diag.sandbox.serving",
    },
    "diag/sandbox/clock.py": set(),
    "diag/sandbox/disconnects.py": {"starlette"},
    "diag/sandbox/sandbox_errors.py": set(),
    "diag/sandbox/launch.py": {"analysis.machine", "diag.sandbox.sandbox_errors"},
    "diag/sandbox/reply_bodies.py": {"starlette"},
    "diag/sandbox/intervals.py": {"diag.sandbox.reply_bodies"},
    "diag/sandbox/latency": {"analysis.format.input_file", "diag.toml_section"},
    "diag/sandbox/faults": {
        "diag.sandbox.backends", "diag.sandbox.disconnects", "diag.sandbox.reply_bodies",
        "diag.toml_section", "starlette",
    },
    "diag/sandbox/flows": {"diag.sandbox.reply_bodies", "diag.toml_section"},
    "diag/sandbox/backends": {"diag.sandbox.reply_bodies", "diag.toml_section"},
    "diag/sandbox/world": {
        "analysis.format.input_file", "diag.sandbox.sandbox_errors", "diag.sandbox.faults",
        "diag.sandbox.backends", "diag.sandbox.flows",
        "diag.sandbox.latency", "diag.sandbox.reply_bodies",
        "diag.toml_section", "jsonschema", "referencing",
    },
    "diag/sandbox/audits": {"diag.sandbox.intervals", "diag.sandbox.reply_bodies", "diag.sandbox.world"},
    "diag/sandbox/sandbox.py": {
        "diag.sandbox.audits", "diag.sandbox.clock", "diag.sandbox.faults", "diag.sandbox.latency",
        "diag.sandbox.world",
    },
    "diag/sandbox/state_file.py": {
        "analysis.format.atomic_write", "analysis.format.input_file", "analysis.format.typed_json",
        "analysis.plain_text", "diag.sandbox.sandbox_errors", "diag.sandbox.sandbox", "diag.sandbox.world",
    },
    "diag/sandbox/played_platform.py": {
        "analysis.format.input_file", "diag.sandbox.sandbox", "diag.sandbox.sandbox_errors",
        "diag.sandbox.world", "diag.toml_section",
    },
    "diag/sandbox/executions": {
        "diag.sandbox.intervals", "diag.sandbox.latency", "diag.sandbox.reply_bodies",
        "diag.sandbox.sandbox", "diag.sandbox.world",
    },
    "diag/sandbox/routes": {
        "analysis.plain_text", "diag.cross_site", "diag.sandbox.sandbox_errors", "diag.sandbox.executions",
        "diag.sandbox.audits", "diag.sandbox.backends", "diag.sandbox.clock", "diag.sandbox.faults",
        "diag.sandbox.disconnects", "diag.sandbox.flows",
        "diag.sandbox.reply_bodies", "diag.sandbox.sandbox", "diag.toml_section", "diag.sandbox.world",
        "starlette",
    },
    "diag/sandbox/serving": {
        "analysis.machine", "analysis.plain_text", "diag.sandbox.played_platform",
        "diag.sandbox.sandbox_errors", "diag.sandbox.disconnects", "diag.sandbox.faults",
        "diag.sandbox.reply_bodies", "diag.sandbox.routes",
        "diag.sandbox.sandbox", "diag.sandbox.state_file", "diag.sandbox.world", "starlette", "uvicorn",
    },
    # what verbs are made of
    "diag/inventory": {*_CLIENT, "analysis.format", "diag.errors", "diag.genesys", "diag.table"},
    "diag/flows": {
        *_CLIENT, "analysis.flows", "analysis.format", "analysis.plain_text", "analysis.number_words",
        "analysis.verdicts", "diag.changes.plans", "diag.errors", "diag.genesys", "diag.table",
        "reports.report_data", "yaml",
    },
    "diag/toml_forms": {"analysis.format.typed_json", "diag.toml_section"},
    "diag/hours": {
        "analysis.coverage.week_of_hours", "analysis.format", "analysis.plain_text", "diag.toml_forms",
        "diag.toml_section",
    },
    "diag/workload": {
        *_CLIENT, "analysis.coverage.week_of_hours",
        "analysis.analysis_errors", "analysis.format", "analysis.inline_toml", "analysis.number_words",
        "analysis.plain_text", "analysis.settings", "analysis.value_words", "diag.direct.direct_load",
        "diag.direct.hosts", "diag.errors", "diag.hours", "diag.inventory", "diag.toml_forms",
        "diag.toml_section", "jsonschema",
        "rstr",
    },
    "diag/direct/__init__.py": set(),
    "diag/direct/direct_action.py": set(),
    "diag/direct/read_direct_action.py": {
        "diag.direct.direct_action", "diag.genesys.models", "diag.genesys.replies.json_reply",
    },
    "diag/direct/rendering": {
        "analysis.format", "diag.direct.direct_action", "diag.errors", "jsonpath", "jsonschema_rs",
    },
    "diag/direct/direct_load.py": {"diag.direct.direct_action"},
    "diag/direct/comparison": {
        "analysis.format", "analysis.value_words", "diag.direct.direct_action", "diag.direct.hosts",
    },
    "diag/direct/hosts": {"diag.direct.direct_load", "diag.errors", "idna"},
    "diag/direct/credentials": {
        "analysis.format", "analysis.inline_toml", "analysis.machine", "diag.direct.direct_action",
        "diag.direct.direct_load", "diag.errors", "diag.setting_sources",
    },
    "diag/choice": {
        *_CLIENT, "analysis.analysis_errors", "analysis.format", "analysis.plain_text", "diag.direct",
        "diag.errors",
        "diag.inventory", "diag.workload",
    },
    "diag/changes/__init__.py": set(),
    "diag/changes/change_errors.py": {"diag.errors"},
    "diag/changes/plans": {
        *_CLIENT, "analysis.format", "analysis.plain_text", "analysis.verdicts", "analysis.written_json",
        "diag.changes.change_errors",
        "diag.errors", "diag.inventory",
    },
    "diag/changes/journal": {
        *_CLIENT, "analysis.format", "analysis.machine", "analysis.number_words", "analysis.plain_text",
        "analysis.written_json", "diag.changes.change_errors", "diag.changes.plans",
    },
    "diag/changes/applying": {
        *_CLIENT, "analysis.format", "analysis.number_words", "diag.changes.change_errors",
        "diag.changes.journal", "diag.changes.plans", "diag.clocks.wall_clock",
    },
    "diag/changes/undo_plan.py": {"diag.changes.change_errors", "diag.changes.journal", "diag.changes.plans"},
    "diag/terraform/__init__.py": set(),
    "diag/terraform/resource_type.py": set(),
    "diag/terraform/syntax": set(),
    "diag/terraform/resources.py": {
        "analysis.format", "diag.changes.change_errors", "diag.terraform.resource_type",
        "diag.terraform.syntax",
    },
    "diag/terraform/configuration": {
        "analysis.format", "diag.changes.change_errors", "diag.terraform.resource_type",
        "diag.terraform.syntax",
    },
    "diag/terraform/ownership": {
        "analysis.format", "diag.terraform.configuration", "diag.terraform.resource_type",
        "diag.terraform.syntax",
    },
    "diag/terraform/editing": {
        "analysis.format", "analysis.plain_text", "diag.changes.change_errors",
        "diag.terraform.configuration", "diag.terraform.ownership.places", "diag.terraform.resource_type",
        "diag.terraform.syntax",
    },
    "diag/terraform/git": {
        "analysis.plain_text", "diag.changes.change_errors", "diag.errors", "diag.terraform.editing",
    },
    "diag/terraform/proposing": {
        "analysis.verdicts", "diag.changes.change_errors", "diag.changes.plans",
        "diag.terraform.configuration", "diag.terraform.editing", "diag.terraform.ownership",
        "diag.terraform.resources", "diag.terraform.syntax",
    },
    "diag/terraform_dialog": {
        "analysis", "diag.changes", "diag.console", "diag.errors", "diag.exit_codes", "diag.interaction",
        "diag.judged_files", "diag.terraform", "click",
    },
    "diag/changes/exports": {
        "analysis.format", "analysis.plain_text", "analysis.verdicts", "diag.changes.change_errors",
        "diag.changes.plans", "diag.errors", "diag.terraform.resource_type", "diag.terraform.resources",
    },
    "diag/checks": {
        "analysis", "diag.changes.journal", "diag.changes.plans", "diag.changes.undo_plan",
    },
    "diag/learning/__init__.py": set(),
    "diag/learning/lab": {
        *_CLIENT, "analysis.format", "diag.errors", "diag.genesys", "diag.noted_drafts",
        "diag.platform_facts",
    },
    "diag/learning/experiments": {
        *_CLIENT, "analysis.analysis_errors", "analysis.format", "analysis.number_words",
        "analysis.plain_text", "diag.genesys", "diag.learning.lab", "diag.platform_facts",
    },
    "diag/learning/session": {
        *_CLIENT, "diag.errors", "diag.genesys", "diag.learning.experiments", "diag.learning.lab",
        "diag.platform_facts",
    },
    "diag/checkup": {
        "analysis.analysis_errors", "analysis.format", "analysis.machine.command_words",
        "analysis.number_words", "analysis.plain_text", "analysis.written_json", "diag.__version__",
        "diag.changes.change_errors", "diag.changes.journal", "diag.errors",
        "diag.genesys", "diag.learning", "diag.platform_facts", "diag.workload",
    },
    "diag/learning_dialog": {
        *_CLIENT, "analysis", "diag.apply_dialog", "diag.checkup.leftovers", "diag.clocks.target_clock",
        "diag.console", "diag.errors",
        "diag.exit_codes", "diag.interaction.shared_options", "diag.inventory", "diag.learning",
        "diag.platform_facts", "diag.settings", "diag.target", "diag.workload",
    },
    "diag/definitions": {
        "analysis.format", "analysis.number_words", "diag.changes.applying.apply_context",
        "diag.changes.journal", "diag.changes.plans", "diag.errors", "diag.genesys", "diag.clocks.wall_clock",
        "jsonschema",
    },
    "diag/audits": {
        "analysis.flows", "analysis.number_words", "analysis.written_json", "diag.changes.journal",
        "diag.changes.plans", "diag.changes.undo_plan", "diag.genesys", "diag.inventory", "diag.table",
    },
    "diag/exported_view": {
        "analysis.format.input_file", "analysis.other_tools", "analysis.plain_text", "analysis.verdicts",
        "diag.console", "diag.errors", "diag.table", "numpy", "pandas",
    },
    "diag/production/reading": {"analysis", "diag.genesys", "numpy"},
    "diag/production": {
        "analysis", "reports.report_data", "diag.changes.change_errors", "diag.changes.journal",
        "diag.changes.plans",
        "diag.changes.undo_plan", "diag.errors", "diag.genesys", "diag.inventory", "diag.settings",
        "diag.target", "diag.workload.org_limits", "diag.measuring.own_calls",
    },
    "diag/campaign": {
        *_CLIENT, "analysis", "diag.choice", "diag.errors", "diag.judged_files", "diag.measuring",
        "diag.hours", "diag.production", "diag.toml_forms",
        "diag.workload", "numpy",
    },
    "diag/metrics": {
        "analysis", "diag.campaign", "diag.checks", "diag.errors", "diag.production",
    },
    "diag/notifying": {
        "analysis", "diag.__version__", "diag.changes.plans", "diag.checks", "diag.errors",
        "diag.genesys.http", "diag.production", "diag.setting_sources", "diag.settings", "httpx",
    },
    "diag/measuring": {
        "analysis", "reports.pages", "diag.changes.plans.scope", "diag.direct", "diag.errors", "diag.flows",
        "diag.judged_files",
        "diag.exit_codes", "numpy",
    },
    "diag/completion": {
        "analysis.format", "analysis.machine.command_words", "analysis.plain_text", "analysis.typed_command",
        "diag.settings", "click",
    },
    "diag/interaction": {
        "analysis", "diag.choice.picked_numbers", "diag.completion.candidates", "reports.wording",
        "diag.console", "diag.direct", "diag.workload.make_payloads",
        "diag.errors", "diag.genesys", "diag.judged_files", "diag.measuring", "diag.notifying",
        "diag.settings",
        "diag.table", "diag.table_layout", "diag.toml_section", "analysis.wrapped_text", "click", "rich",
    },
    "diag/apply_dialog": {
        *_CLIENT, "analysis", "reports.wording", "diag.changes", "diag.console", "diag.errors",
        "diag.flows", "diag.interaction", "diag.inventory", "diag.production", "diag.settings", "diag.target",
        "diag.clocks.target_clock", "diag.clocks.wall_clock", "diag.toml_forms", "diag.workload", "click",
    },
    "diag/measuring_dialog": {
        "analysis", "diag.apply_dialog.approval", "diag.console", "diag.errors", "diag.genesys",
        "diag.interaction", "diag.measuring", "diag.settings", "diag.target", "diag.toml_forms",
        "diag.workload",
    },
    "diag/tuning": {
        *_CLIENT, "analysis", "reports.pages", "reports.wording", "diag.__version__", "diag.apply_dialog",
        "diag.campaign", "diag.changes", "diag.choice", "diag.console", "diag.errors", "diag.exit_codes",
        "diag.flows", "diag.interaction", "diag.inventory", "diag.judged_files", "diag.measuring",
        "diag.metrics", "diag.notifying",
        "diag.production", "diag.settings", "diag.table", "diag.target", "diag.clocks.wall_clock",
        "diag.workload",
    },
    "diag/commands": {"analysis", "reports", "diag", "click", "rich"},
    # the load
    "loadtests/__init__.py": set(),
    "loadtests/actions.py": {"loadtests.action_user", "loadtests.run", "diag.supported_platform", "locust"},
    "loadtests/forked_load.py": {
        "analysis.format", "analysis.machine", "loadtests.action_user", "gevent", "locust",
    },
    "loadtests/action_user.py": {"loadtests.run", "loadtests.sending", "locust"},
    "loadtests/planning": {
        *_CLIENT, "analysis.coverage.week_of_hours",
        "analysis.format", "analysis.number_words", "analysis.plain_text", "diag.choice", "diag.direct",
        "diag.errors", "diag.exit_codes",
        "analysis.machine.ports",
        "diag.genesys.drafts", "diag.genesys.http.regions",
        "diag.genesys.timeout_forms",
        "diag.hours", "diag.inventory",
        "diag.noted_drafts", "diag.platform_facts.facts", "diag.production.org_weeks",
        "diag.production.production_weeks",
        "diag.sandbox.launch", "diag.settings",
        "diag.target", "diag.workload",
    },
    "loadtests/recording": {
        "analysis.format", "analysis.machine", "analysis.plain_text", "diag.errors", "diag.measuring",
        "diag.workload.read_workload", "diag.target", "loadtests.planning", "gevent",
    },
    "loadtests/sending": {
        *_CLIENT, "diag.genesys.replies.retry_after", "diag.genesys.outcomes",
        "diag.genesys.timeout_forms", "analysis.format", "analysis.openmetrics", "analysis.plain_text",
        "diag.errors", "diag.direct", "diag.exit_codes", "diag.workload", "loadtests.planning",
        "loadtests.recording",
        "gevent", "geventhttpclient", "opentelemetry",
    },
    "loadtests/steering": {
        "analysis.format", "analysis.machine.processes", "diag.exit_codes", "diag.genesys", "diag.workload",
        "loadtests.planning", "loadtests.recording", "loadtests.sending", "gevent",
    },
    "loadtests/workers": {
        *_CLIENT, "analysis.format", "analysis.machine.processes", "analysis.number_words", "diag.errors",
        "diag.exit_codes", "diag.settings", "diag.target", "loadtests.planning", "loadtests.recording",
        "loadtests.sending",
        "loadtests.steering", "gevent", "locust", "psutil",
    },
    "loadtests/run": {
        *_CLIENT, "analysis.analysis_errors", "analysis.format", "analysis.inline_toml", "analysis.machine",
        "analysis.number_words", "analysis.plain_text",
        "diag.errors", "diag.exit_codes", "diag.cross_site", "diag.measuring",
        "diag.settings", "diag.table", "diag.table_layout",
        "diag.clocks.target_clock", "diag.direct", "diag.target", "diag.workload", "analysis.wrapped_text",
        "loadtests.planning",
        "loadtests.recording",
        "diag.inventory.matching", "loadtests.sending", "loadtests.steering", "loadtests.workers", "flask",
        "werkzeug", "gevent", "locust",
    },
}  # fmt: skip


@cache
def room_of(path: Path) -> str:
    """The longest room of MAY_IMPORT a file lies in."""
    inside = path.relative_to(ROOT).as_posix()
    rooms = (room for room in MAY_IMPORT if inside == room or inside.startswith(f"{room}/"))
    return max(rooms, key=len, default=f"{inside}: no room")


def circle(needs: dict[str, set[str]]) -> list[str]:
    """Return the names that lie on a circle of `needs`, or above one; none when all arrows go one way."""
    while ends := {name for name, needed in needs.items() if not needed}:
        needs = {name: needed - ends for name, needed in needs.items() if name not in ends}
    return sorted(needs)


def file_arrows() -> dict[str, set[str]]:
    """Return, for each of our modules, those it imports."""
    modules = {module_of(path): path for path in python_files()}
    return {
        name: {each for one in imports_of(path) for each in (one, one.rpartition(".")[0]) if each in modules}
        for name, path in modules.items()
    }


def room_arrows() -> dict[str, set[str]]:
    """Return, for each room, the rooms its files import."""
    room = {module_of(path): room_of(path) for path in python_files()}
    arrows: dict[str, set[str]] = {name: set() for name in MAY_IMPORT}
    for module, needed in file_arrows().items():
        arrows[room[module]] |= {room[each] for each in needed} - {room[module]}
    return arrows


def draw_map() -> str:
    """Return the map: every house, its rooms in the order they build on each other, and their files."""
    arrows = room_arrows()
    floor: dict[str, int] = {}

    def floor_of(room: str) -> int:
        if room not in floor:
            floor[room] = 1 + max((floor_of(below) for below in arrows[room]), default=-1)
        return floor[room]

    lines = []
    for house in HOUSES:
        lines += [f"### {house}/", "", "| room | what is in it | files |", "|---|---|---|"]
        rooms = [room for room in MAY_IMPORT if room.split("/")[0] == house and not room.endswith("__.py")]
        for room in sorted(rooms, key=lambda name: (floor_of(name), name)):
            own = [path for path in python_files() if room_of(path) == room]
            head = ROOT / room / "__init__.py" if not room.endswith(".py") else ROOT / room
            what = (ast.get_docstring(tree_of(head)) or "").split("\n\n")[0]
            names = ", ".join(f"`{path.stem}`" for path in own if path.name != "__init__.py")
            lines.append(f"| `{room}` | {' '.join(what.split())} | {'' if room.endswith('.py') else names} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    from tests.support.drawn.everything import draw

    draw()
