"""The house rules: imports go one way, files stay small, start-up stays light."""

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("analysis", "reports", "diag", "loadtests")
HEAVY = (
    "pandas",
    "numpy",
    "scipy",
    "matplotlib",
    "httpx",
    "locust",
    "rich",
    "jinja2",
    "starlette",
    "stamina",
)

# Room -> packages it never imports, at any depth of its files. A longer prefix wins.
FORBIDDEN = {
    "analysis": {"httpx", "locust", "matplotlib", "click", "rich", "diag", "reports", "loadtests", "jinja2"},
    "reports": {"httpx", "locust", "click", "diag", "loadtests"},
    "diag/genesys": {
        "click", "rich", "pandas", "numpy", "scipy", "matplotlib", "locust", "starlette", "jinja2",
        "analysis", "reports", "loadtests", "diag.commands", "diag.sandbox", "diag.changes", "diag.console",
        "diag.settings", "diag.cli", "diag.errors",
    },
    "diag/sandbox": {
        "locust", "analysis", "reports", "loadtests", "diag.commands", "diag.changes", "diag.genesys",
        "diag.cli", "pandas", "matplotlib",
    },
    "diag/changes": {
        "locust", "click", "rich", "matplotlib", "reports", "loadtests", "diag.commands", "diag.cli",
    },
    **{
        f"diag/{room}": {
            "click", "rich", "pandas", "matplotlib", "locust", "starlette", "httpx", "loadtests",
            "diag.commands", "diag.console", "diag.settings", "diag.cli",
        }
        for room in ("inventory", "checkup", "definitions", "production")
    },
    "diag/measuring": {"click", "rich", "locust", "matplotlib", "httpx", "diag.commands", "diag.cli"},
    "loadtests": {"pandas", "matplotlib", "rich", "reports", "diag.commands", "diag.changes", "scipy"},
}  # fmt: skip


def python_files() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", FORBIDDEN)
def test_no_room_imports_what_it_must_not(room: str) -> None:
    broken = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for name in imports_of(path)
        if any(name == banned or name.startswith(banned + ".") for banned in FORBIDDEN[room])
    ]

    assert not broken


def test_only_loadtests_imports_locust_and_only_genesys_imports_httpx() -> None:
    broken = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files()
        for name in imports_of(path)
        if (name.split(".")[0] == "locust" and path.relative_to(ROOT).parts[0] != "loadtests")
        or (name.split(".")[0] == "httpx" and "genesys" not in path.parts)
    ]

    assert not broken


def test_no_file_in_loadtests_shadows_an_installed_module() -> None:
    # locust puts the locustfile's folder first on sys.path while it imports the file.
    names = {path.stem for path in (ROOT / "loadtests").glob("*.py")} - {"__init__", "actions"}
    probe = (
        "import importlib.util, sys; sys.path = [p for p in sys.path if p not in ('', '.')];"
        f"print([n for n in {sorted(names)!r} if importlib.util.find_spec(n)])"
    )
    found = subprocess.run(
        [sys.executable, "-I", "-c", probe], capture_output=True, text=True, check=True, cwd="/"
    )

    assert found.stdout.strip() == "[]"


def test_importing_the_cli_brings_in_nothing_heavy() -> None:
    probe = f"import sys, diag.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"


def test_help_brings_in_nothing_heavy() -> None:
    probe = (
        "import sys; from diag.cli import run; run(['--help']);"
        f"print('heavy:', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert found.stdout.strip().endswith("heavy: []")


def test_what_the_load_process_imports_from_analysis_is_light() -> None:
    probe = (
        "import sys, analysis.schema, analysis.record, analysis.run_folder;"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"


def test_no_file_is_a_junk_drawer_or_too_long() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {reason}"
        for path in python_files()
        for reason, bad in (
            ("name it for what it holds", path.stem in {"utils", "util", "helpers", "common", "misc"}),
            ("over 400 lines", len(path.read_text(encoding="utf-8").splitlines()) > 400),
        )
        if bad
    ]

    assert not broken


def test_every_room_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if len(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "") < 10
    ]

    assert not silent


def test_every_verb_of_the_table_has_its_module() -> None:
    from diag.cli import VERBS

    modules = {module: importlib.util.find_spec(f"diag.commands.{module}") for module, _ in VERBS.values()}

    assert [name for name, spec in modules.items() if spec is None] == []
