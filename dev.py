"""What people who work on diag run, on any system: `python dev.py TASK`. `make TASK` runs the same.

Standard library only, because it makes the environment that everything else needs: .venv, as the locks say.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = BIN / ("python.exe" if sys.platform == "win32" else "python")
HOUSES = ("diag", "analysis", "reports", "loadtests")
OLDEST = (3, 11)


@dataclass(frozen=True)
class Asked:
    """What was asked beside the task."""

    filter: str | None
    processes: str


def main() -> None:
    """Read the task and run it; end with its exit code."""
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="tasks:\n" + "\n".join(f"  {name:<9} {task.__doc__}" for name, task in TASKS.items()),
    )
    parser.add_argument("task", choices=list(TASKS), metavar="TASK", help="one of those below")
    parser.add_argument("-k", dest="filter", help='only tests with this in their file or name: -k "guard"')
    parser.add_argument(
        "--processes", default="8", help="of the tests: more than there are cores, because many wait; 0: one"
    )
    given = parser.parse_args()
    os.chdir(ROOT)
    # The suite starts a hundred processes; each would compile every module anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    TASKS[given.task](Asked(given.filter, given.processes))


def setup(asked: Asked) -> None:
    """what diag needs, and nothing else: for who wants neither demo nor tests first"""
    _for_users()
    activate = "source .venv/bin/activate"
    if sys.platform == "win32":  # for PowerShell, which refuses Activate.ps1 until scripts are allowed
        activate = f'$env:Path = "{BIN};$env:Path"'
    print(f"Ready. Next:\n  {activate}\n  diag demo")


def demo(asked: Asked) -> None:
    """the whole story on the built-in sandbox, under two minutes, no credentials"""
    _for_users()
    _python("-m", "diag", "demo")


def test(asked: Asked) -> None:
    """every test; -k guard: those with "guard" in their file or name"""
    _for_developers()
    _python("-m", "pytest", *_processes(asked), *_filter(asked))


def quick(asked: Asked) -> None:
    """the inner loop: unit and contract tests that neither wait nor compute long"""
    _for_developers()
    left_out = ("--ignore=tests/e2e", "--ignore=tests/browser", "-m", "not e2e and not browser and not slow")
    _python("-m", "pytest", *_processes(asked), "--hypothesis-profile=quick", *left_out, *_filter(asked))


def thorough(asked: Asked) -> None:
    """every property, with twenty-five times the examples of `test`: before a release"""
    _for_developers()
    many = ("-m", "hypothesis", "--hypothesis-profile=thorough", "--timeout=1800")
    _python("-m", "pytest", *_processes(asked), *many, *_filter(asked))


def check(asked: Asked) -> None:
    """what CI runs: lint, types, tests"""
    lint(asked)
    types(asked)
    test(asked)


def lint(asked: Asked) -> None:
    """ruff (rules and format) and spelling"""
    _for_developers()
    _tool("ruff", "check", ".")
    _tool("ruff", "format", "--check", ".")
    _tool("codespell")


def fix(asked: Asked) -> None:
    """mend what ruff can mend, and format"""
    _for_developers()
    _tool("ruff", "check", "--fix", ".")
    _tool("ruff", "format", ".")


def types(asked: Asked) -> None:
    """mypy --strict, and once more as Windows would see it"""
    _for_developers()
    _tool("mypy")
    _tool("mypy", "--platform", "win32", "--cache-dir", ".mypy_cache/win32", *HOUSES)


def coverage(asked: Asked) -> None:
    """which lines and branches the tests reach, processes they start included; fails below the floor"""
    _for_developers()
    _tool("coverage", "erase")
    _tool("coverage", "run", "-m", "pytest", *_processes(asked), *_filter(asked))
    _tool("coverage", "combine", "--quiet")
    _tool("coverage", "report", "--skip-covered", "--sort=cover")


def bench(asked: Asked) -> None:
    """measured figures, side by side in one run"""
    _for_developers()
    _python("-m", "tests.bench")


def draw(asked: Asked) -> None:
    """draws anew what is drawn from the code: the map, the schemas, tables of the docs"""
    _for_developers()
    _python("-m", "tests.support.drawn")


def lock(asked: Asked) -> None:
    """resolve the dependencies anew (needs uv: pip install uv)"""
    how = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url")
    line = ("uv", "pip", "compile", "-q", *how, "--no-annotate", "--no-header", "pyproject.toml")
    _run(*line, "--group", "dev", "-o", "requirements-dev.lock")
    _run(*line, "--group", "build", "-c", "requirements-dev.lock", "-o", "requirements.lock")


def clean(asked: Asked) -> None:
    """remove the environment and caches, keep the runs"""
    for name in (".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"):
        shutil.rmtree(name, ignore_errors=True)


TASKS: dict[str, Callable[[Asked], None]] = {
    "setup": setup,
    "demo": demo,
    "test": test,
    "quick": quick,
    "thorough": thorough,
    "check": check,
    "lint": lint,
    "types": types,
    "fix": fix,
    "coverage": coverage,
    "bench": bench,
    "draw": draw,
    "lock": lock,
    "clean": clean,
}


def _for_users() -> None:
    """Have everything in .venv that diag itself needs, as requirements.lock says."""
    if not PYTHON.exists():
        if sys.version_info < OLDEST:
            sys.exit("diag needs Python 3.11 or newer. Fix: run this file with a newer one.")
        print(
            f"Setting up .venv with Python {sys.version.split()[0]} (once; a minute or two) ...", flush=True
        )
        venv.create(VENV, with_pip=True)
    done = VENV / ".runtime"
    if _older(done, ROOT / "requirements.lock", ROOT / "pyproject.toml"):
        _pip("--require-hashes", "-r", "requirements.lock")
        _pip("--no-deps", "--no-build-isolation", "-e", ".")
        done.touch()


def _for_developers() -> None:
    """Have everything in .venv that tests and lint need, too."""
    _for_users()
    done = VENV / ".dev"
    if _older(done, ROOT / "requirements-dev.lock", VENV / ".runtime"):
        _pip("--require-hashes", "-r", "requirements-dev.lock")
        done.touch()


def _older(done: Path, *sources: Path) -> bool:
    return not done.exists() or any(source.stat().st_mtime > done.stat().st_mtime for source in sources)


def _processes(asked: Asked) -> tuple[str, ...]:
    """Return how pytest shares the tests among processes; Windows cannot fork."""
    if hasattr(os, "fork"):
        return ("--processes", asked.processes)
    return ("-n", asked.processes, "--dist", "loadfile")


def _filter(asked: Asked) -> tuple[str, ...]:
    return ("-k", asked.filter) if asked.filter else ()


def _pip(*arguments: str) -> None:
    _python("-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", *arguments)


def _python(*arguments: str) -> None:
    _run(str(PYTHON), *arguments)


def _tool(name: str, *arguments: str) -> None:
    _run(str(BIN / name), *arguments)


def _run(*line: str) -> None:
    """Run a command; where it fails, so does this, with its exit code.

    Ctrl-C reaches the command by itself, which may take its time to end.
    """
    try:
        process = subprocess.Popen(line)
    except FileNotFoundError:
        sys.exit(f"{line[0]} is not there. Fix: pip install {line[0]}")
    while process.returncode is None:
        with contextlib.suppress(KeyboardInterrupt):
            process.wait()
    if process.returncode:
        sys.exit(process.returncode if process.returncode > 0 else 128 - process.returncode)


if __name__ == "__main__":
    main()
