"""A real shell on a terminal of its own, into which a line is typed with TABs in it."""

import os
import pty
import select
import shutil
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIMIT_S: Final = 60.0
_ANSWERS: Final = {
    b"\x1b[c": b"\x1b[?62c",  # fish asks what terminal this is, and waits for the answer
    b"\x1b[6n": b"\x1b[1;1R",
}


@dataclass(frozen=True, slots=True)
class Shell:
    """How to start one without anybody's settings, and how it is told to do something at the first prompt."""

    name: str
    command: tuple[str, ...]
    load: str
    """The line that reads the script in the file SCRIPT. zsh without its
    completions for other programs: looking through all of them takes a quarter of a second of a core."""
    record: str
    """The line that makes `diag` write its words, each ended by a newline, into the file WORDS."""


SHELLS: Final = {
    "bash": Shell(
        "bash",
        ("bash", "--norc", "--noprofile", "-i"),
        "source SCRIPT",
        "diag() { printf '%s\\n' \"$@\" > WORDS; }",
    ),
    "zsh": Shell(
        "zsh",
        ("zsh", "-f", "-i"),
        "autoload -U compinit; fpath=(${fpath:#*/Completion/[^B]*}); compinit -u -D; source SCRIPT",
        "diag() { printf '%s\\n' \"$@\" > WORDS }",
    ),
    "fish": Shell(
        "fish",
        ("fish", "--no-config", "-i"),
        "source SCRIPT",
        "function diag; printf '%s\\n' $argv > WORDS; end",
    ),
}


def is_here(shell: str) -> bool:
    """Whether this machine has it."""
    return shutil.which(shell) is not None


def typed_words(shell: Shell, folder: Path, environment: Mapping[str, str], line: str) -> list[str]:
    """Return the words that `diag` is given when `line`, TABs and all, is typed in `folder` and entered.

    SCRIPT and WORDS are files of that folder.
    """
    words = folder / "WORDS"
    words.unlink(missing_ok=True)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe(shell.command[0], list(shell.command), {**environment, "TERM": "xterm", "PS1": "> "})
    try:
        for one in (shell.load, shell.record, "echo rea''dy"):
            os.write(terminal, one.encode() + b"\r")
        _read_until(terminal, lambda seen: b"ready" in seen, shell.name)
        os.write(terminal, line.encode() + b"\r")
        _read_until(terminal, lambda _: words.exists() and words.read_bytes().endswith(b"\n"), line)
    finally:
        os.close(terminal)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return words.read_text(encoding="utf-8").splitlines()


def _read_until(terminal: int, over: Callable[[bytes], bool], what: str) -> None:
    """Read what the shell shows, and answer what it asks the terminal, until that is over."""
    seen = b""
    end_s = time.monotonic() + LIMIT_S
    while not over(seen):
        assert time.monotonic() < end_s, f"{what}: {seen[-500:]!r}"
        if select.select([terminal], [], [], 0.05)[0]:
            shown = os.read(terminal, 65536)
            seen += shown
            for asked, answer in _ANSWERS.items():
                if asked in shown:
                    os.write(terminal, answer)
