"""What each room of analysis/ may import, in the order data flows."""

from typing import Final

_ANALYSIS: Final = {
    "analysis.analysis_errors", "analysis.moment_words", "analysis.name_lists", "analysis.number_words",
    "analysis.plain_text", "analysis.recommend_settings",
    "analysis.timeout_rule", "analysis.typed_command",
}  # fmt: skip

ANALYSIS_ROOMS: Final[dict[str, set[str]]] = {
    "analysis/__init__.py": set(),
    "analysis/analysis_errors.py": set(),
    "analysis/number_words.py": set(),
    "analysis/moment_words.py": set(),
    "analysis/name_lists.py": {"analysis.number_words"},
    "analysis/plain_text.py": set(),
    "analysis/wrapped_text.py": set(),
    "analysis/openmetrics.py": {"analysis.plain_text"},
    "analysis/skipped_input.py": set(),
    "analysis/value_words.py": set(),
    "analysis/dataclass_to_json.py": set(),
    "analysis/inline_toml.py": {"analysis.plain_text"},
    "analysis/machine": {"psutil"},
    "analysis/long_arrays": {"analysis.analysis_errors", "analysis.machine", "numpy"},
    "analysis/format": {
        "analysis.analysis_errors", "analysis.machine", "analysis.plain_text", "analysis.dataclass_to_json",
    },
    "analysis/recommend_settings.py": {"analysis.analysis_errors", "analysis.format"},
    "analysis/timeout_rule.py": {"analysis.recommend_settings"},
    "analysis/share_cut_off.py": {"analysis.analysis_errors", "analysis.recommend_settings"},
    "analysis/typed_command.py": {
        "analysis.share_cut_off", "analysis.machine.command_words", "analysis.recommend_settings",
    },
    "analysis/coverage": {"analysis.format", "analysis.long_arrays", "numpy", "scipy"},
    "analysis/other_tools": {
        "analysis.analysis_errors", "analysis.format", "analysis.skipped_input",
        "analysis.samples.table_builder",
        "analysis.other_tools.unpacked_file", "numpy", "pandas",
    },
    "analysis/samples": {
        "analysis.analysis_errors", "analysis.coverage", "analysis.format", "analysis.skipped_input",
        "analysis.long_arrays",
        "analysis.machine.scratch_files", "analysis.number_words", "analysis.name_lists",
        "analysis.other_tools", "numpy", "pandas",
        "pyarrow",
    },
    "analysis/runs": {
        "analysis.format", "analysis.name_lists", "analysis.number_words", "analysis.long_arrays",
        "analysis.samples", "numpy", "pandas"
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
        *_ANALYSIS, "analysis.flows.caller_silence", "analysis.format", "analysis.statistics",
        "analysis.estimates", "numpy",
    },
    "analysis/jobs": {
        *_ANALYSIS, "analysis.format", "analysis.runs.invented_inputs", "analysis.estimates",
        "analysis.statistics", "numpy",
    },
    "analysis/flows": {
        "analysis.format.json_to_dataclass", "analysis.format.timeout_limits", "analysis.number_words",
        "analysis.name_lists",
    },
    "analysis/verdicts": {
        *_ANALYSIS, "analysis.coverage", "analysis.long_arrays",
        "analysis.format", "analysis.skipped_input", "analysis.samples", "analysis.runs",
        "analysis.statistics",
        "analysis.estimates", "analysis.costs", "analysis.direct_side", "analysis.jobs",
        "analysis.dataclass_to_json", "numpy",
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
        "analysis.verdicts", "analysis.production", "analysis.dataclass_to_json", "numpy", "pandas", "scipy",
    },
}  # fmt: skip
