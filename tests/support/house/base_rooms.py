"""What the small files that all of diag/ stands on may import, and the client."""

from typing import Final

CLIENT: Final = {
    "diag.genesys.client",
    "diag.genesys.api_errors",
    "diag.genesys.data_action",
    "diag.genesys.full_config",
    "diag.genesys.replies.json_reply",
}
"""What a room that asks the platform may import of the client."""

BASE_ROOMS: Final[dict[str, set[str]]] = {
    "diag/__init__.py": set(),
    "diag/__main__.py": {"diag.cli", "diag.supported_platform"},
    "diag/exit_codes.py": set(),
    "diag/toml_section.py": {"analysis.format.input_file", "analysis.value_words"},
    "diag/table.py": {"analysis.plain_text", "analysis.wrapped_text"},
    "diag/table_layout.py": {"diag.table", "analysis.wrapped_text"},
    "diag/errors.py": {"analysis.plain_text", "analysis.wrapped_text"},
    "diag/supported_platform.py": set(),
    "diag/cross_site.py": set(),
    "diag/cli.py": {
        "click", "analysis.machine", "analysis.plain_text", "diag.__version__", "diag.errors",
        "diag.completion.shells", "diag.exit_codes", "diag.notifying.hide_typed_addresses",
        "diag.supported_platform",
        "analysis.wrapped_text",
    },
    "diag/console.py": {
        "click", "rich", "analysis.machine.build_server", "analysis.plain_text", "diag.errors",
        "diag.exit_codes", "diag.table",
        "diag.table_layout",
        "analysis.wrapped_text",
    },
    "diag/setting_sources.py": {"analysis.format", "analysis.machine", "diag.errors", "dotenv"},
    "diag/settings.py": {
        "analysis.machine.build_server", "diag.errors", "diag.genesys.http", "diag.setting_sources",
    },
    "diag/target.py": {
        "analysis.format.json_within_limits", "analysis.format.json_to_dataclass", "diag.errors",
        "diag.genesys.http",
        "diag.platform_facts", "diag.settings",
    },
    "diag/clocks/target_clock.py": {
        "analysis.format.json_within_limits", "analysis.format.json_to_dataclass", "diag.clocks.wall_clock",
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
        "analysis.format.json_within_limits", "analysis.format.timeout_limits", "diag.__version__",
        "diag.platform_facts.facts", "httpx",
    },
    "diag/genesys/analytics": {
        "diag.genesys.api_errors", "diag.genesys.http", "diag.genesys.replies", "diag.platform_facts",
    },
    "diag/genesys/replies": {
        "analysis.format.json_within_limits", "diag.genesys.api_errors", "httpcore", "httpx",
    },
    "diag/genesys/http": {
        "analysis.format.json_within_limits", "diag.__version__", "diag.genesys.api_errors",
        "diag.genesys.replies",
        "diag.platform_facts.facts", "httpx", "stamina",
    },
    "diag/noted_drafts.py": {*CLIENT, "analysis.format.drafts_file", "diag.genesys.drafts"},
}  # fmt: skip
