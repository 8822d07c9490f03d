"""Runs `diag` as a person would, in a process of its own, with nothing of this machine's settings."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import RunningSandbox
from tests.support.forks import FORKS

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 150.0


def diag(
    box: RunningSandbox | None, folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a verb in `folder`, against the sandbox if one is given; nobody is there to answer questions."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GENESYS", "DIAG_"))}
    target = box.environment if box else {}
    whole = {**clean, "HOME": str(folder), "PYTHONPATH": str(ROOT), **target, **environment}
    only_a_start_reads_them = any(name.startswith("PYTHON") for name in environment)
    done = (start if only_a_start_reads_them else fork)(arguments, folder, whole)
    assert "Traceback" not in done.stderr
    return done


def start(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a verb in `folder`, all of its environment given, by `python -m diag`."""
    return subprocess.run(
        [sys.executable, "-m", "diag", *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
        stdin=subprocess.DEVNULL,
    )


def fork(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """The same, without a start of Python."""
    with TemporaryDirectory(prefix="diag-verb-") as name:
        out, err = Path(name) / "out", Path(name) / "err"
        process = FORKS.Process(target=_run, args=(tuple(arguments), folder, dict(environment), out, err))
        process.start()
        process.join(LIMIT_S)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(["diag", *arguments], LIMIT_S)
        code = process.exitcode
        process.close()
        return subprocess.CompletedProcess(["diag", *arguments], code, out.read_text(), err.read_text())


def _run(arguments: tuple[str, ...], folder: Path, environment: dict[str, str], out: Path, err: Path) -> None:
    """Become the verb: its folder, its environment, its streams."""
    from diag.cli import main

    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["diag", *arguments]
    main()
