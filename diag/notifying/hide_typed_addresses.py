"""Addresses of webhooks that were typed on the command line, taken out of it: a list of processes shows it to
everyone on the machine, for a day where `diag tune` runs.

Standard library only, and imported only where an address was typed.
"""

from collections.abc import Mapping, Sequence
from typing import Final

FLAG: Final = "--notify"
VARIABLE: Final = "DIAG_NOTIFY_TYPED_"
"""Variables that hold them instead; only this user reads the environment of a process."""


def without_addresses(words: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
    """Return the words with a variable's name in the place of each address, and the variables."""
    held: dict[str, str] = {}
    shown: list[str] = []
    for place, word in enumerate(words):
        flag = f"{FLAG}=" if word.startswith(f"{FLAG}=") else ""
        value = word.removeprefix(flag)
        if "://" not in value or not (flag or (place and words[place - 1] == FLAG)):
            shown.append(word)
            continue
        kind, _, address = value.partition("=") if value.partition("=")[0].isalpha() else ("", "", value)
        name = f"{VARIABLE}{len(held) + 1}"
        held[name] = address
        shown.append(f"{flag}{f'{kind}=' if kind else ''}env:{name}")
    return shown, held
