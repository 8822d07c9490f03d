"""How bash, zsh, fish and PowerShell ask what may come next, and how each is answered.

click does it; what differs here is that actions have names with spaces, quotes and dollar signs, which must
arrive as one word that means nothing else (zsh quotes by itself).
"""

import contextlib
import os
import re
from typing import Any, Final

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    PowerShellComplete,
    ShellComplete,
    ZshComplete,
)

from analysis.machine.command_words import in_single_quotes

VARIABLE: Final = "_DIAG_COMPLETE"
"""Set while a shell asks; what it holds begins with the shell's name."""
PROGRAMS: Final = ("diag", "genesys-diag")

_BASH: Final = """\
%(complete_func)s() {
    local IFS=$'\\n' response type value
    response=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \\
        %(complete_var)s=bash_complete "$1" 2>/dev/null)
    while IFS=',' read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done <<< "$response"
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_POWERSHELL_ASKS: Final = """\
    try {
        $response = & %(prog_name)s 2>$null
    } finally {
"""
_POWERSHELL_ASKS_IN_UTF8: Final = """\
    $prev_encoding = [Console]::OutputEncoding
    try {
        try { [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new() } catch { }
        $response = & %(prog_name)s 2>$null
    } finally {
        try { [Console]::OutputEncoding = $prev_encoding } catch { }
"""


class _WholeWords(ShellComplete):
    """What shells replace is a whole word, also where it is `--flag=value`."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Return what may stand there; values of a flag with the flag before them."""
        items = super().get_completions(args, incomplete)
        flag, joined, _ = incomplete.partition("=")
        if not (joined and flag.startswith("--")):
            return items
        return [CompletionItem(f"{flag}={item.value}", item.type, item.help) for item in items]


class Bash(_WholeWords, BashComplete):
    """bash 4.4 and newer: what it is given is put into the line as it is."""

    source_template = _BASH

    def source(self) -> str:
        """Return the script, whichever bash is here: it may be for another machine."""
        return ShellComplete.source(self)

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before, and the one to complete: for bash, `--flag=value` is three."""
        words, incomplete = super().get_completion_args()
        if incomplete == "=":
            return words, ""
        return (words[:-1] if words[-1:] == ["="] else words), incomplete

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Return a value escaped, or bare within quotes that were opened already."""
        raw = os.environ["COMP_WORDS"].split("\n")[int(os.environ["COMP_CWORD"]) :]
        in_quotes = bool(raw) and raw[0][:1] in ("'", '"')
        value = item.value if item.type != "plain" or in_quotes else _escaped(item.value)
        return f"{item.type},{value}"


class Zsh(_WholeWords, ZshComplete):
    """zsh, which quotes what it puts into the line."""


class Fish(_WholeWords, FishComplete):
    """fish, which quotes too. click's script cuts a value off at a comma."""

    source_template = FishComplete.source_template.replace('string split ","', 'string split -m 1 ","')


class PowerShell(_WholeWords, PowerShellComplete):
    """Windows PowerShell and PowerShell 7: what they are given is put into the line as it is.

    Version 5.1 reads what a program writes in the console's old code page, and diag writes UTF-8.
    """

    source_template = PowerShellComplete.source_template.replace(_POWERSHELL_ASKS, _POWERSHELL_ASKS_IN_UTF8)

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Return a value in single quotes where it is no plain word."""
        if item.type == "plain" and not re.fullmatch(r"[\w./:\\=-]+", item.value, flags=re.ASCII):
            item = CompletionItem(in_single_quotes(item.value), item.type, item.help)
        return super().format_completion(item)


SHELLS: Final[dict[str, type[ShellComplete]]] = {
    "bash": Bash,
    "zsh": Zsh,
    "fish": Fish,
    "powershell": PowerShell,
}


def script(cli: click.Command, shell: str) -> str:
    """Return what a shell is to read at its start, for every name of this program."""
    return "\n".join(SHELLS[shell](cli, {}, program, VARIABLE).source() for program in PROGRAMS)


def answer(cli: click.Command) -> None:
    """Write what may come next to stdout. Whatever goes wrong, nothing is offered, and nothing said."""
    shell = os.environ[VARIABLE].partition("_")[0]
    with contextlib.suppress(Exception):
        text = SHELLS[shell](cli, {}, PROGRAMS[0], VARIABLE).complete()
        click.echo(text.encode())


def _escaped(value: str) -> str:
    """Return a word as a person would type it: `Get\\ Account`. Nothing that moves a cursor is offered."""
    return re.sub(r"([ '\"$`&|;<>()\\*?\[\]{}!#~^])", r"\\\1", value)
