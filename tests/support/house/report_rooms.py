"""What each room of reports/ may import."""

from typing import Final

REPORT_ROOMS: Final[dict[str, set[str]]] = {
    "reports/__init__.py": set(),
    "reports/report_data.py": {"analysis.flows", "analysis.format", "analysis.verdicts", "analysis.views"},
    "reports/wording": {
        "analysis.costs", "analysis.share_cut_off", "analysis.direct_side", "analysis.format",
        "analysis.verdicts", "analysis.views",
        "analysis.machine.command_words", "analysis.number_words", "analysis.plain_text",
        "analysis.recommend_settings", "analysis.typed_command", "markupsafe",
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
}  # fmt: skip
