"""What the rooms that verbs are made of may import, and the verbs."""

from typing import Final

from tests.support.house.base_rooms import CLIENT

WORK_ROOMS: Final[dict[str, set[str]]] = {
    "diag/inventory": {*CLIENT, "analysis.format", "diag.errors", "diag.genesys", "diag.table"},
    "diag/flows": {
        *CLIENT, "analysis.flows", "analysis.format", "analysis.plain_text", "analysis.number_words",
        "analysis.verdicts", "diag.changes.plans", "diag.errors", "diag.genesys", "diag.table",
        "reports.report_data", "yaml",
    },
    "diag/toml_forms": {"analysis.format.json_to_dataclass", "diag.toml_section"},
    "diag/hours": {
        "analysis.coverage.week_of_hours", "analysis.format", "analysis.plain_text",
        "diag.genesys.http.regions", "diag.toml_forms", "diag.toml_section",
    },
    "diag/workload": {
        *CLIENT, "analysis.coverage.week_of_hours",
        "analysis.analysis_errors", "analysis.format", "analysis.inline_toml", "analysis.number_words",
        "analysis.plain_text", "analysis.recommend_settings", "analysis.value_words",
        "diag.direct.direct_load", "diag.direct.hosts", "diag.errors", "diag.hours", "diag.inventory",
        "diag.toml_forms", "diag.toml_section", "jsonschema",
        "rstr",
    },
    "diag/direct/__init__.py": set(),
    "diag/direct/direct_action.py": set(),
    "diag/direct/read_direct_action.py": {
        "diag.direct.direct_action", "diag.genesys.data_action", "diag.genesys.full_config",
        "diag.genesys.replies.json_reply",
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
        *CLIENT, "analysis.analysis_errors", "analysis.format", "analysis.plain_text", "diag.direct",
        "diag.errors",
        "diag.inventory", "diag.workload",
    },
    "diag/changes/__init__.py": set(),
    "diag/changes/change_errors.py": {"diag.errors"},
    "diag/changes/plans": {
        *CLIENT, "analysis.format", "analysis.plain_text", "analysis.verdicts", "analysis.dataclass_to_json",
        "diag.changes.change_errors",
        "diag.errors", "diag.inventory",
    },
    "diag/changes/journal": {
        *CLIENT, "analysis.format", "analysis.machine", "analysis.moment_words", "analysis.plain_text",
        "analysis.dataclass_to_json", "diag.changes.change_errors", "diag.changes.plans",
    },
    "diag/changes/applying": {
        *CLIENT, "analysis.format", "analysis.moment_words", "diag.changes.change_errors",
        "diag.changes.journal", "diag.changes.plans", "diag.clocks.wall_clock", "diag.genesys.actions",
    },
    "diag/changes/undo_plan.py": {"diag.changes.change_errors", "diag.changes.journal", "diag.changes.plans"},
    "diag/terraform/__init__.py": set(),
    "diag/terraform/resource_type.py": set(),
    "diag/terraform/syntax": set(),
    "diag/terraform/state_or_export.py": {
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
        "diag.terraform.state_or_export", "diag.terraform.syntax",
    },
    "diag/terraform_dialog": {
        "analysis", "diag.campaign", "diag.changes", "diag.console", "diag.errors", "diag.exit_codes",
        "diag.interaction", "diag.judged_files", "diag.production", "diag.terraform", "click",
    },
    "diag/changes/exports": {
        "analysis.format", "analysis.plain_text", "analysis.verdicts", "diag.changes.change_errors",
        "diag.changes.plans", "diag.errors", "diag.terraform.resource_type", "diag.terraform.state_or_export",
    },
    "diag/checks": {
        "analysis", "diag.changes.journal", "diag.changes.plans", "diag.changes.undo_plan",
    },
    "diag/learning/__init__.py": set(),
    "diag/learning/lab": {
        *CLIENT, "analysis.format", "diag.errors", "diag.genesys", "diag.noted_drafts",
        "diag.platform_facts",
    },
    "diag/learning/experiments": {
        *CLIENT, "analysis.analysis_errors", "analysis.format", "analysis.number_words",
        "analysis.plain_text", "diag.genesys", "diag.learning.lab", "diag.platform_facts",
    },
    "diag/learning/session": {
        *CLIENT, "diag.errors", "diag.genesys", "diag.learning.experiments", "diag.learning.lab",
        "diag.platform_facts",
    },
    "diag/doctor": {
        "analysis.analysis_errors", "analysis.format", "analysis.machine.command_words",
        "analysis.number_words", "analysis.plain_text", "analysis.dataclass_to_json", "diag.__version__",
        "diag.changes.change_errors", "diag.changes.journal", "diag.errors",
        "diag.genesys", "diag.learning", "diag.platform_facts", "diag.workload",
    },
    "diag/learning_dialog": {
        *CLIENT, "analysis", "diag.apply_dialog", "diag.doctor.left_drafts", "diag.clocks.target_clock",
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
        "analysis.flows", "analysis.number_words", "analysis.moment_words", "analysis.dataclass_to_json",
        "diag.changes.journal",
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
        "diag.target", "diag.workload.share_of_org_limits",
    },
    "diag/campaign": {
        *CLIENT, "analysis", "diag.choice", "diag.errors", "diag.judged_files", "diag.measuring",
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
        "analysis", "reports.pages", "diag.changes.plans.only_and_skip", "diag.direct", "diag.errors",
        "diag.exit_codes", "diag.flows", "diag.judged_files", "numpy",
    },
    "diag/completion": {
        "analysis.format", "analysis.machine.command_words", "analysis.plain_text", "analysis.typed_command",
        "diag.settings", "click",
    },
    "diag/interaction": {
        "analysis", "diag.choice.picked_numbers", "diag.completion.candidates", "reports.wording",
        "diag.console", "diag.workload.payloads_from_contract",
        "diag.errors", "diag.genesys", "diag.notifying", "diag.settings", "diag.table",
        "diag.toml_section", "click",
    },
    "diag/apply_dialog": {
        *CLIENT, "analysis", "reports.wording", "diag.changes", "diag.console", "diag.errors",
        "diag.flows", "diag.interaction", "diag.inventory", "diag.production", "diag.settings", "diag.target",
        "diag.clocks.target_clock", "diag.clocks.wall_clock", "diag.toml_forms", "diag.workload", "click",
    },
    "diag/measuring_dialog": {
        "analysis", "diag.apply_dialog.approval", "diag.console", "diag.direct", "diag.errors",
        "diag.genesys", "diag.interaction", "diag.judged_files", "diag.measuring", "diag.settings",
        "diag.table", "diag.table_layout", "diag.target", "diag.toml_forms", "diag.workload", "click", "rich",
    },
    "diag/tuning": {
        *CLIENT, "analysis", "reports.pages", "reports.wording", "diag.__version__", "diag.apply_dialog",
        "diag.campaign", "diag.changes", "diag.choice", "diag.console", "diag.errors", "diag.exit_codes",
        "diag.flows", "diag.interaction", "diag.inventory", "diag.judged_files", "diag.measuring",
        "diag.metrics", "diag.notifying",
        "diag.production", "diag.settings", "diag.table", "diag.target", "diag.clocks.wall_clock",
        "diag.workload",
    },
    "diag/production_dialog": {
        "analysis", "reports", "diag.__version__", "diag.console", "diag.flows", "diag.interaction",
        "diag.production", "diag.settings",
    },
    "diag/commands": {"analysis", "reports", "diag", "click", "rich"},
}  # fmt: skip
