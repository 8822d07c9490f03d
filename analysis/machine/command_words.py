"""The words of a command, as they are typed into a shell of this system, and taken apart again."""

import re
import shlex
import sys
from collections.abc import Iterable
from typing import Final

_BARE: Final = re.compile(r"[\w./:\\=+-]+|[\d.]+%", re.ASCII)
"""What no shell there takes for anything else; one percent sign names no variable: `--cut-off 0.1%`."""
_MEANT_OTHERWISE: Final = re.compile('["“”„$`%!\\n]|\\\\$')
"""What double quotes do not keep as it is: in PowerShell, in cmd.exe, or before the closing one."""
_QUOTES: Final = re.compile("(['‘’‚‛])")
"""Single quotes, as PowerShell sees them; two stand for one within them."""
_DOUBLED: Final = re.compile(r"(['‘’‚‛])\1")
_WORD: Final = re.compile(r"""(?:"([^"]*)"|'((?:[^'‘’‚‛]|(['‘’‚‛])\3)*)'|([^\s"']+))(?:\s+|$)""")


def joined(words: Iterable[str]) -> str:
    """Return words as they are typed.

    For POSIX shells; on Windows for PowerShell, and where that can be for cmd.exe as well.
    """
    if sys.platform == "win32":
        return joined_for_windows(words)
    else:
        return shlex.join(words)


def taken_apart(command: str) -> list[str]:
    """Return the words of a command that was `joined`. Raises ValueError for a text that is none."""
    if sys.platform == "win32":
        return taken_apart_for_windows(command)
    else:
        return shlex.split(command)


def one_after_the_other(first: str, then: str) -> str:
    """Return two commands, as they are typed, as one line: the second is run where the first ends well."""
    if sys.platform == "win32":
        return one_after_the_other_for_windows(first, then)
    else:
        return f"{first} && {then}"


def one_after_the_other_for_windows(first: str, then: str) -> str:
    """Return the line for any PowerShell: Windows brings version 5.1, and `&&` came with 7."""
    return f"{first}; if ($?) {{ {then} }}"


def joined_for_windows(words: Iterable[str]) -> str:
    """Return words as they are typed there: "in double quotes", where those do not do 'in single ones'."""
    return " ".join(map(_word_for_windows, words))


def taken_apart_for_windows(command: str) -> list[str]:
    """Return the words of what `joined_for_windows` made. Raises ValueError for anything else."""
    words, at = [], len(command) - len(command.lstrip())
    while at < len(command):
        found = _WORD.match(command, at)
        if found is None:
            raise ValueError(f"no word begins at character {at + 1}")
        double, single, _, bare = found.groups()
        words.append(double or bare or "" if single is None else _DOUBLED.sub(r"\1", single))
        at = found.end()
    return words


def in_single_quotes(word: str) -> str:
    """Return a word as PowerShell takes it, whatever is in it."""
    return "'" + _QUOTES.sub(r"\1\1", word) + "'"


def _word_for_windows(word: str) -> str:
    if _BARE.fullmatch(word):
        return word
    return in_single_quotes(word) if _MEANT_OTHERWISE.search(word) else f'"{word}"'
