"""Runs `diag` as a person would, in a process of its own, with nothing of this machine's settings."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.drawn.schemas import faults_of_output
from tests.support.forked_children import fork_children
from tests.support.forks import FORKS, LOCUSTS
from tests.support.running_sandbox import RunningSandbox

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
    if only_a_start_reads_them:
        done = start(arguments, folder, whole)
    else:
        done = fork(arguments, folder, whole, load_too=arguments[0] == "measure")
    assert "Traceback" not in done.stderr
    assert faults_of_output(arguments, done.stdout) == []
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
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], *, load_too: bool = False
) -> subprocess.CompletedProcess[str]:
    """The same, without a start of Python; `load_too`: nor of Locust for the load that the verb starts.

    A load that was forked does not end when the verb is killed: it is a child of another process.
    """
    servers = (FORKS.address, LOCUSTS.address) if load_too else (None, None)
    done = FORKS.run(
        run_diag, tuple(arguments), *servers, folder=folder, environment=environment, limit_s=LIMIT_S
    )
    written = (done.stdout.decode(), done.stderr.decode())
    return subprocess.CompletedProcess(["diag", *arguments], done.returncode, *written)


def run_diag(arguments: tuple[str, ...], forks: str | None = None, locusts: str | None = None) -> None:
    """Be `diag` with these arguments, in a process that was forked for it."""
    from diag.cli import main

    fork_children(forks, locusts)
    sys.argv = ["diag", *arguments]
    main()
