"""Every file that is drawn from the code, whole or in part, as it should be."""

from pathlib import Path
from typing import Final

from tests.support.drawn import reference
from tests.support.drawn.documents import DOCUMENTS
from tests.support.drawn.house_map import draw_map
from tests.support.drawn.regions import with_region
from tests.support.drawn.schemas import FOLDER, drawn_schemas
from tests.support.source_files import ROOT

DESIGN: Final = ROOT / "docs" / "design.md"
JSON_PAGE: Final = ROOT / "docs" / "json.md"
REFERENCE: Final = ROOT / "docs" / "reference.md"


def drawn_files() -> dict[Path, str]:
    """Return the text of each by its path."""
    return {
        DESIGN: with_region(DESIGN.read_text(encoding="utf-8"), "the map", draw_map()),
        JSON_PAGE: with_region(JSON_PAGE.read_text(encoding="utf-8"), "the schemas", _schemas()),
        REFERENCE: _reference(REFERENCE.read_text(encoding="utf-8")),
        **drawn_schemas(),
    }


def draw() -> None:
    """Write those that are not as they should be; remove schemas that nothing draws any more."""
    files = drawn_files()
    for old in FOLDER.glob("*.schema.json"):
        if old not in files:
            old.unlink()
    for path, text in files.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _reference(page: str) -> str:
    for name, text in {
        "the verbs": reference.verbs(),
        "the settings": reference.settings(),
        "the workload": reference.workload_keys(),
        "the verdicts": reference.verdicts(),
        "the rules": reference.rules(),
        "the exit codes": reference.exit_codes(),
        "the scenarios": reference.scenarios(),
    }.items():
        page = with_region(page, name, text)
    return page


def _schemas() -> str:
    rows = sorted(f"| `{one.name}` | {one.title} |" for one in DOCUMENTS)
    return "\n".join(["| schema | of |", "|---|---|", *rows])
