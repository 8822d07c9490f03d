"""What axe-core has against a page."""

import json
from typing import Final

from tests.support.reports.chromium_page import Page

RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LIKE_ANOTHER: Final = """(() => {
  for (const body of document.querySelectorAll('tbody')) {
    const shapes = new Set();
    for (const row of [...body.rows]) {
      const shape = row.outerHTML.replace(/>[^<]*\\S[^<]*/g, '>…');
      if (shapes.has(shape)) { row.remove(); }
      shapes.add(shape);
    }
  }
})()"""
"""Removes rows that differ from one above in nothing but their text."""


def violations(page: Page, axe: str) -> list[str]:
    """Return one line per broken rule: its name, how often, the first place and how to fix it.

    A row of a table is looked at once where others are like it, text aside: the values of charts are a third
    of a page, and what breaks in one breaks in all.
    """
    page.run(f"{axe}; {LIKE_ANOTHER}")
    one = "v => `${v.id} x ${v.nodes.length}: ${v.nodes[0].html.slice(0, 200)} ${v.nodes[0].failureSummary}`"
    options = json.dumps({"runOnly": list(RULES), "resultTypes": ["violations"]})
    return list(page.run(f"axe.run(document, {options}).then(r => r.violations.map({one}))"))
