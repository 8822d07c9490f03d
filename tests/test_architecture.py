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

# Room -> what it may import beside the standard library and itself (architecture and CONTRIBUTING: "The
# house"). Whatever is not named here is forbidden, at any depth of a file.
MAY_IMPORT = {
    "analysis": {"numpy", "scipy", "pandas", "pyarrow"},
    "reports": {"analysis", "matplotlib", "jinja2", "markupsafe", "numpy"},
    "loadtests": {
        "analysis", "locust", "gevent", "geventhttpclient", "flask", "numpy",
        "diag.errors", "diag.exit_codes", "diag.genesys", "diag.inventory", "diag.measuring",
        "diag.sandbox.server", "diag.settings", "diag.target",
    },
    "diag/genesys": {"diag.__version__", "httpx", "stamina"},
    "diag/sandbox": {"starlette", "uvicorn", "jsonschema", "referencing"},
    "diag/inventory": {"analysis", "diag.errors", "diag.genesys", "diag.table"},
    "diag/changes": {"analysis", "diag.errors", "diag.genesys", "diag.whole_file", "_typeshed"},
    "diag/checks": {"analysis", "diag.changes"},
    "diag/checkup": {"analysis", "diag.__version__", "diag.changes", "diag.genesys", "diag.whole_file"},
    "diag/definitions": {"diag.changes", "diag.errors", "diag.genesys", "jsonschema"},
    "diag/production": {"analysis", "diag.changes", "diag.genesys", "diag.inventory", "reports"},
    "diag/measuring": {"analysis", "diag.errors", "diag.evidence", "diag.exit_codes", "numpy", "reports"},
    "diag/commands": {"analysis", "reports", "loadtests", "diag", "click", "rich"},
    "diag/cli.py": {"click", "diag.__version__", "diag.errors", "diag.exit_codes"},
    "diag/console.py": {"click", "rich", "diag.errors", "diag.exit_codes", "diag.table"},
    "diag/errors.py": {"diag.table"},
    "diag/evidence.py": {"analysis", "reports", "diag.__version__", "diag.errors", "diag.whole_file"},
    "diag/settings.py": {"diag.errors", "diag.genesys", "dotenv"},
    "diag/target.py": {"diag.errors", "diag.genesys", "diag.settings"},
    "diag/exit_codes.py": set(),
    "diag/table.py": set(),
    "diag/whole_file.py": set(),
    "diag/__main__.py": {"diag.cli"},
    "diag/__init__.py": set(),
}  # fmt: skip


def python_files() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    """Every module a file imports, with the names taken from our own packages: `diag.errors.UsageError`."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*above, *([node.module] if node.module else [])))
            yield from (f"{module}.{alias.name}" for alias in node.names)


def room_of(path: Path) -> str:
    """The longest room of MAY_IMPORT a file lies in."""
    inside = path.relative_to(ROOT)
    return max(
        (room for room in MAY_IMPORT if inside.is_relative_to(room)), key=len, default=f"{inside}: no room"
    )


def test_every_file_lies_in_a_room_with_rules() -> None:
    assert [room for room in map(room_of, python_files()) if room not in MAY_IMPORT] == []


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    own = room.removesuffix(".py").replace("/", ".")
    allowed = MAY_IMPORT[room] | {own} | sys.stdlib_module_names

    def may(name: str) -> bool:
        return any(name == one or name.startswith(f"{one}.") for one in allowed)

    broken = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files()
        if room_of(path) == room
        for name in imports_of(path)
        if not may(name)
    ]

    assert not broken


def test_no_files_import_each_other_in_a_circle() -> None:
    # Imports for types count, too: who needs the other to be read belongs into one file, or a third one.
    files = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in python_files()}
    needs = {
        name: {file for one in imports_of(path) for file in (one, one.rpartition(".")[0]) if file in files}
        for name, path in files.items()
    }
    while ends := {name for name, needed in needs.items() if not needed}:
        needs = {name: needed - ends for name, needed in needs.items() if name not in ends}

    assert sorted(needs) == [], "files of a circle, or above one"


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


def test_the_load_process_carries_nothing_heavy() -> None:
    # Through whatever it imports; jinja2 comes with locust, rich with httpx where it is installed.
    modules = [
        f"loadtests.{path.stem}" for path in (ROOT / "loadtests").glob("*.py") if path.stem != "__init__"
    ]
    heavy = (
        "pandas",
        "scipy",
        "pyarrow",
        "matplotlib",
        "starlette",
        "reports",
        "diag.commands",
        "diag.changes",
    )
    probe = (
        f"import sys, importlib; [importlib.import_module(name) for name in {sorted(modules)!r}];"
        f"print('heavy:', [m for m in {heavy!r} if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert found.stdout.strip().endswith("heavy: []")


def test_no_file_is_a_junk_drawer_or_too_long() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {reason}"
        for path in python_files()
        for reason, bad in (
            ("name it for what it holds", path.stem in {"utils", "util", "helpers", "common", "misc"}),
            ("over 300 lines", len(path.read_text(encoding="utf-8").splitlines()) > 300),
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
