"""The pages tell the truth: every file, module, target and heading that is named exists.

A reference is a page, or a page and a heading: docs/method.md, "The bound".
"""

import ast
import re
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from analysis.costs.chosen_number import MadeBy
from analysis.costs.rule_and_cost import ComparedRule, TimeoutRule
from analysis.direct_side.direct_side import DirectSide
from analysis.format.call_record import FIELDS, RECORD_SIZE
from analysis.format.sample_schema import COLUMNS, Outcome
from analysis.recommend_settings import RecommendSettings
from analysis.verdicts.analysis_json import recommendation_to_json
from analysis.verdicts.recommendation import Recommendation, Verdict
from diag.doctor.needed_permissions import NEEDED_PERMISSIONS
from diag.platform_facts.facts import FACTS
from diag.toml_forms.kinds import InTable, keys_of
from diag.workload.tables.workload_file import WorkloadTable
from tests.support.source_files import HOUSES, ROOT

PAGES = sorted(
    path for pattern in ("*.md", "docs/**/*.md") for path in ROOT.glob(pattern) if path.name != "CHANGELOG.md"
)
SOURCES = sorted(
    path
    for folder in (*HOUSES, "tests", ".ci")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".j2", ".toml", ".js", ""}
    and path.is_file()
    and "__pycache__" not in path.parts
)
REFERENCE = re.compile(r'(docs/[\w/-]+\.md)(?:,\s+(?:#\s+)?"([^"]+)")?')
ELSEWHERE = re.compile(
    r"\bAPI notes\b|\bload-testing notes\b|statistics, (?:section|\d)|\bissue \d{1,2}\b|\bsection [A-D]\b"
)
ELSEWHERE_WORDS = ("API notes", "load-testing notes", "statistics, ", "issue ", "section ")
"""Without one of them there is nothing of it: finding these takes a tenth of the time."""
QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#([\w-]+))?\)")
TOP = (*HOUSES, "tests", "docs", ".ci")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def quoted_in(page: Path) -> list[str]:
    """Return what a page puts in `code marks`, outside blocks of code."""
    return QUOTED.findall(re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S))


@cache
def headings(page: Path) -> tuple[str, ...]:
    """Return the headings of a page, in order."""
    return tuple(re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE))


def references(path: Path) -> list[tuple[str, str | None]]:
    """Return each page a file refers to, with the heading where it names one."""
    text = path.read_text(encoding="utf-8")
    return [
        (page, heading and re.sub(r"\s+#?\s*", " ", heading)) for page, heading in REFERENCE.findall(text)
    ]


def test_every_reference_to_a_page_leads_to_a_page_and_a_heading() -> None:
    broken = [
        f'{named(path)}: {page}, "{heading}"'
        for path in (*SOURCES, *PAGES)
        if path != Path(__file__)
        for page, heading in references(path)
        if not (ROOT / page).is_file() or (heading and heading not in headings(ROOT / page))
    ]

    assert not broken


def test_there_are_references_with_headings_to_check() -> None:
    assert sum(bool(heading) for path in SOURCES for _, heading in references(path)) > 30


@pytest.mark.slow
def test_no_file_refers_to_a_document_that_is_not_here() -> None:
    broken = [
        f"{named(path)}: {found.group()}"
        for path in (*SOURCES, *PAGES)
        if path != Path(__file__)
        for text in (path.read_text(encoding="utf-8"),)
        if any(words in text for words in ELSEWHERE_WORDS)
        for found in ELSEWHERE.finditer(text)
    ]

    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_path_a_page_names_exists(page: Path) -> None:
    quoted = QUOTED.findall(page.read_text(encoding="utf-8"))
    paths = [
        text for text in quoted if text.split("/")[0] in TOP and "/" in text and not set(text) & set(" <*{")
    ]

    assert [text for text in paths if not (ROOT / text.partition(":")[0]).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_module_and_name_a_page_names_exists(page: Path) -> None:
    dotted = re.compile(rf"(?:{'|'.join((*HOUSES, 'tests'))})(?:\.(?!toml|json|md|py\b)\w+)+")

    assert [text for text in quoted_in(page) if dotted.fullmatch(text) and not exists(text)] == []


@pytest.mark.slow
def test_every_module_and_name_the_code_names_in_code_marks_exists() -> None:
    dotted = re.compile(rf"`((?:{'|'.join((*HOUSES, 'tests'))})(?:\.(?!toml|json|md|py\b)\w+)+)`")
    broken = [
        f"{named(path)}: {name}"
        for path in SOURCES
        for name in dotted.findall(path.read_text(encoding="utf-8"))
        if path != Path(__file__) and not exists(name)
    ]

    assert not broken


def test_every_path_the_code_names_in_code_marks_exists() -> None:
    paths = re.compile(rf"`((?:{'|'.join(TOP)})/[\w/.-]+)`")
    broken = [
        f"{named(path)}: {name}"
        for path in SOURCES
        for name in paths.findall(path.read_text(encoding="utf-8"))
        if path != Path(__file__) and not (ROOT / name).exists()
    ]

    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_between_pages_works(page: Path) -> None:
    broken = [
        target
        for target, anchor in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
        or (anchor and anchor not in map(anchor_of, headings(page.parent / target)))
    ]

    assert not broken


def test_the_layers_of_the_agents_page_name_every_room_and_the_page_stays_short() -> None:
    page = (ROOT / "AGENTS.md").read_text(encoding="utf-8")
    rooms = {
        f"{house}/{file.parent.name}" for house in HOUSES for file in (ROOT / house).glob("*/__init__.py")
    }

    assert {room for room in rooms if f"`{room}`" not in page} == set()
    assert len(page.splitlines()) <= 60


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_make_target_a_page_names_exists(page: Path) -> None:
    tasks = re.search(r"^TASKS := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M)
    assert tasks is not None
    targets = set(tasks[1].split())

    assert {text.split()[1] for text in quoted_in(page) if re.match("make [a-z]", text)} <= targets


def test_make_has_the_tasks_of_dev_py_and_no_others() -> None:
    tasks = re.search(r"^TASKS := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M)
    assert tasks is not None
    source = (ROOT / "dev.py").read_text(encoding="utf-8")
    (table,) = re.findall(r"^TASKS: .*?= \{(.*?)^\}", source, flags=re.M | re.S)

    assert tasks[1].split() == re.findall(r'"([a-z]+)":', table)


def exists(dotted: str) -> bool:
    """Whether this is a module of ours, or a name at the top of one."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        folder = ROOT.joinpath(*parts[:end])
        file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
        if file.is_file():
            names = top_names(file)
            return end == len(parts) or parts[end] in names
        if folder.is_dir() and end == len(parts):
            return True
    return False


@cache
def top_names(file: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return frozenset(names)


def anchor_of(heading: str) -> str:
    """Return the anchor GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


# --- docs/formats.md against the code ---------------------------------------------------------------------

FORMATS = ROOT / "docs" / "formats.md"


def first_columns(heading: str, table: int = 0) -> list[str]:
    """Return the first column of a table below a heading of docs/formats.md, without marks."""
    _, _, rest = FORMATS.read_text(encoding="utf-8").partition(f"## {heading}\n")
    section = rest.partition("\n## ")[0]
    tables = re.findall(r"(?:^\|.*\n)+", section + "\n", flags=re.MULTILINE)
    return [row.split("|")[1].strip().strip("`") for row in tables[table].splitlines()[2:]]


def fields_of(path: str, field: str) -> list[str]:
    """Return the fields of the class in `path` that has a field named so (its own name may change)."""
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            own = [
                part.target.id
                for part in node.body
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
            ]
            if field in own:
                return own
    raise AssertionError(f"no class with {field} in {path}")


def test_the_sample_columns_are_those_of_the_code() -> None:
    assert first_columns("Sample columns") == list(COLUMNS)


def test_the_outcomes_are_those_of_the_code_and_in_its_order() -> None:
    text = FORMATS.read_text(encoding="utf-8").partition("\nOutcomes: ")[2].partition("[Calls that")[0]

    assert QUOTED.findall(text) == [outcome.value for outcome in Outcome]


def test_the_call_record_is_that_of_the_code() -> None:
    assert first_columns("Call record") == [*(name for name, _, _ in FIELDS), "crc"]
    assert f"records of {RECORD_SIZE} bytes" in FORMATS.read_text(encoding="utf-8")


def test_the_manifest_is_that_of_the_code() -> None:
    assert first_columns("Manifest") == fields_of("analysis/format/manifest.py", "soak_until")


def test_the_recommendation_json_is_that_of_the_code() -> None:
    action = Recommendation("action-1", "Get Customer", Verdict.NO_DATA, "no call got far enough to count")

    assert sorted(first_columns("Recommendation JSON")) == sorted(recommendation_to_json(action))


def test_the_rules_of_a_recommendation_are_those_of_the_code() -> None:
    text = FORMATS.read_text(encoding="utf-8")
    described = {line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("| `")}

    assert first_columns("Recommendation JSON", 1) == [field.name for field in fields(ComparedRule)]
    assert all(f"`{word}`" in described["`made_by`"] for word in MadeBy)
    assert all(f"`{word}`" in described["`rule`"] for word in TimeoutRule)


def test_the_direct_side_of_a_recommendation_is_that_of_the_code() -> None:
    names = [*(field.name for field in fields(DirectSide)), "contract_error_share"]

    assert first_columns("Recommendation JSON", 2) == names


def test_the_plan_file_is_that_of_the_code() -> None:
    assert first_columns("Plan file", 0) == fields_of("diag/changes/plans/plan.py", "settings_digest")
    assert first_columns("Plan file", 1) == fields_of("diag/changes/plans/plan.py", "after_is_set")


def test_the_journal_is_that_of_the_code() -> None:
    assert first_columns("Journal") == fields_of("diag/changes/journal/journal_line.py", "phase")


def test_the_facts_of_the_platform_file_are_those_of_the_code() -> None:
    text = FORMATS.read_text(encoding="utf-8")

    assert first_columns("Platform file") == [fact.key for fact in FACTS]
    assert all(f"| {fact.kind.right} | {fact.question} |" in text for fact in FACTS)


def test_the_keys_of_the_workload_file_are_those_of_the_code() -> None:
    section = FORMATS.read_text(encoding="utf-8").partition("## Workload file\n")[2].partition("\n## ")[0]
    rows = [row.split("|")[2] for row in section.splitlines() if row.startswith("|")]
    described = {key.strip("[]") for row in rows for key in QUOTED.findall(row)}

    assert described == _keys_below(WorkloadTable) - {each.name for each in fields(RecommendSettings)}


def _keys_below(kind: type) -> set[str]:
    """Return the keys of a table and of those inside."""
    found = set()
    for key in keys_of(kind):
        found.add(key.name)
        for mark in key.marks:
            if isinstance(mark, InTable):
                found |= _keys_below(mark.kind) - mark.left_out
    return found


def test_the_guide_names_every_permission_that_doctor_checks() -> None:
    guide = (ROOT / "docs/guide.md").read_text(encoding="utf-8")
    section = guide.partition("## Permissions")[2].partition("\n## ")[0]

    assert {need.permission for need in NEEDED_PERMISSIONS} == set(re.findall(r"`(\w+:\w+:\w+)`", section))
