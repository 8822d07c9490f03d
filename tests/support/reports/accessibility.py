"""What axe-core has against a page."""

from typing import Final

from tests.support.reports.chromium import Page

RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def violations(page: Page, axe: str) -> list[str]:
    """Return one line per broken rule: its name, how often, the first place and how to fix it."""
    page.run(f"{axe}; 0")
    one = "v => `${v.id} x ${v.nodes.length}: ${v.nodes[0].html.slice(0, 200)} ${v.nodes[0].failureSummary}`"
    return list(page.run(f"axe.run(document, {{runOnly: {list(RULES)}}}).then(r => r.violations.map({one}))"))
