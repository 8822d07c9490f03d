"""The house rules: imports go one way, files stay small, start-up stays light."""

import ast
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pytest

from tests.support.file_access import file_access
from tests.support.forks import LOCUSTS
from tests.support.house.arrows import circle, file_arrows, room_arrows
from tests.support.house.may_import import MAY_IMPORT, TABLES, room_of
from tests.support.imported_modules import print_imported
from tests.support.source_files import ROOT, imports_of, module_of, nodes_of, python_files, tree_of
from tests.support.system_words import system_words

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


def test_a_room_stands_in_one_table() -> None:
    assert len(MAY_IMPORT) == sum(map(len, TABLES))


def test_every_file_lies_in_a_room_with_rules() -> None:
    assert [room for room in map(room_of, python_files()) if room not in MAY_IMPORT] == []


def test_a_class_name_means_one_thing() -> None:
    names = Counter(
        node.name
        for path in python_files()
        for node in nodes_of(path, ast.ClassDef)
        if not node.name.startswith("_")
    )

    assert [name for name, times in names.items() if times > 1] == []


MANY_PARAMETERS = {
    "printable_record": "the signature of logging's record factory",
    "__init__ of ApiError": "what an error reply may say; all of it by name, none of it needed",
}


def test_a_function_takes_few_things() -> None:
    found = {
        name
        for path in python_files()
        for name, function in _functions(path)
        if len(_parameters(function)) > 7
    }

    assert found == set(MANY_PARAMETERS)


def _functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    owner = {each: f" of {found.name}" for found in nodes_of(path, ast.ClassDef) for each in found.body}
    for function in nodes_of(path, ast.FunctionDef):
        yield f"{function.name}{owner.get(function, '')}", function


def _parameters(function: ast.FunctionDef) -> list[str]:
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return [name for name in names if name not in ("self", "cls")]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    own = room.removesuffix(".py").replace("/", ".")
    allowed = MAY_IMPORT[room] | {own} | sys.stdlib_module_names

    def may(name: str) -> bool:
        return any(around in allowed for around in accumulate(name.split("."), "{}.{}".format))

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
    assert circle(file_arrows()) == [], "files of a circle, or above one"


def test_no_rooms_import_each_other_in_a_circle() -> None:
    assert circle(room_arrows()) == [], "rooms of a circle, or above one"


def test_no_folder_is_a_corridor() -> None:
    # Verbs excepted: one file a verb.
    folders = Counter(path.parent for path in python_files() if path.name != "__init__.py")
    full = {str(folder.relative_to(ROOT)): files for folder, files in folders.items() if files > 15}

    assert full.keys() <= {"diag/commands"}


def test_no_verb_imports_another() -> None:
    verbs = {name: needed for name, needed in file_arrows().items() if name.startswith("diag.commands.")}

    assert len(verbs) > 10
    assert {name: needed & verbs.keys() for name, needed in verbs.items() if needed & verbs.keys()} == {}


def test_nothing_in_loadtests_shadows_an_installed_module() -> None:
    # locust puts the locustfile's folder first on sys.path while it imports the file: files and folders.
    house = ROOT / "loadtests"
    names = {path.stem for path in house.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    names -= {"__init__", "actions"}
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


@pytest.mark.slow
def test_the_load_process_carries_nothing_heavy(tmp_path: Path) -> None:
    # Through whatever it imports; jinja2 comes with locust, rich with httpx where it is installed.
    modules = [module_of(path) for path in python_files() if path.is_relative_to(ROOT / "loadtests")]
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
    # In the process that every forked load is a copy of: it has imported all this, and more.
    asked = (print_imported, modules, heavy)
    found = LOCUSTS.run(*asked, folder=tmp_path, environment=os.environ, limit_s=60)

    assert found.stdout.decode() == "[]\n", found.stderr.decode()


def test_no_file_is_a_junk_drawer() -> None:
    junk = {"utils", "util", "helpers", "common", "misc"}

    assert [str(path.relative_to(ROOT)) for path in python_files() if path.stem in junk] == []


def test_every_room_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if len(ast.get_docstring(tree_of(path)) or "") < 10
    ]

    assert not silent


def test_every_verb_of_the_table_has_its_module() -> None:
    from diag.cli import VERBS

    files = {path.stem for path in (ROOT / "diag" / "commands").glob("*.py")} - {"__init__"}

    assert {module for module, _ in VERBS.values()} == files


BY_ITSELF = {
    "analysis/format/input_file.py": ({"open", "open_descriptor", "tomllib.loads"}, "the door"),
    "analysis/format/json_within_limits.py": ({"json.loads"}, "the door's JSON"),
    "analysis/format/atomic_write.py": (
        {"open", ".open", "open_descriptor", ".write_text", ".write_bytes"},
        "the way out: a new file beside the old one; a pipe or a device is opened without waiting",
    ),
    "analysis/machine/files.py": (
        {"os.open"},
        "what opens for the door; and a folder, to have it on the disk",
    ),
    "analysis/machine/own_process.py": ({".read_text"}, "/proc"),
    "analysis/samples/parquet_or_csv.py": (
        {".ParquetFile", ".read_csv"},
        "samples may be larger than a file of ours; kind, unpacked size and announced rows are checked there",
    ),
    "diag/changes/journal/backup.py": ({"open"}, "a descriptor from the door"),
    "analysis/other_tools/delimiter_and_header.py": (
        {".read_csv", "csv.reader"},
        "a text of any size, from a file that the door opened, line by line of bounded length",
    ),
    "diag/cli.py": ({"os.open"}, "/dev/null in place of a pipe that was closed"),
    "diag/genesys/replies/error_body.py": (
        {"json.loads"},
        "any body is judged, what is no JSON too; standard library only, and every error is caught",
    ),
    "diag/exported_view/read_view.py": ({"csv.reader"}, "a text from the door"),
    "diag/measuring/import_rows.py": ({".copyfile"}, "rows of any size, of files the door has looked at"),
    "diag/sandbox/faults/garbled_replies.py": ({"json.loads"}, "the sandbox's own reply"),
    "diag/sandbox/faults/stale_or_partial_replies.py": ({"json.loads"}, "the sandbox's own reply"),
    "diag/sandbox/latency/read_latency.py": ({".DictReader"}, "a text from the door"),
    "diag/sandbox/launch.py": ({".open"}, "a log of a process of ours"),
    "diag/sandbox/routes/live_page.py": ({".read_text"}, "a file of the package"),
    "diag/sandbox/routes/read_request.py": (
        {"json.loads"},
        "a request of bounded size; every error is answered",
    ),
    "diag/sandbox/world/actions/contract.py": (
        {"json.loads"},
        "a schema that came through the door or a request",
    ),
    "diag/setting_sources.py": ({"dotenv_values"}, "a text from the door"),
    "diag/workload/payload.py": ({"json.loads"}, "bytes that the payload itself wrote"),
    "diag/workload/read_payloads.py": ({".DictReader"}, "a text from the door"),
    "loadtests/workers/plan_message.py": (
        {"json.loads"},
        "the guard's limits may be infinite; typed there",
    ),
    "loadtests/run/load_run.py": ({".open"}, "drafts in the org, not a file"),
    "loadtests/workers/master.py": ({".touch"}, "a new file with a random name"),
    "reports/pages/template_engine.py": ({".read_text"}, "files of the package"),
}
"""What opens, reads or parses by itself, and why not through `analysis.format.input_file`."""


def test_one_room_knows_the_operating_system() -> None:
    # What one system lacks, or does otherwise, is asked of `analysis.machine`: nobody here runs another one.
    posix_scripts = {"diag/changes/exports/gc_output.py": {"shlex"}}  # it writes one
    assert system_words() == posix_scripts


def test_every_file_from_outside_comes_in_by_the_one_door() -> None:
    # A file of the wrong kind, size or depth is refused there in one sentence; elsewhere it would hang, or
    # end in a traceback. What is written in place goes through `open_own`, all else through `write_whole`.
    assert file_access() == {name: accesses for name, (accesses, _) in BY_ITSELF.items()}
