"""Which file of facts a session goes by: the one that is named, or `platform.toml` in the current folder.

Facts of a made-up platform are never used for a real one. Those of an org fit a sandbox only where the
sandbox plays such a file.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from diag.errors import UsageError
from diag.platform_facts.facts import LearntOn, PlatformFacts
from diag.platform_facts.platform_file import read_platform

PLATFORM_FILE: Final = "platform.toml"


@dataclass(frozen=True, slots=True)
class KnownPlatform:
    """The facts in force; none of them where `path` is None. `set_aside`: why a file is not used."""

    facts: PlatformFacts
    path: Path | None = None
    set_aside: str | None = None

    def to_learn(self, command: str) -> str | None:
        """Return what calls of an org go without where no file is in force, and the command that mends it;
        else None."""
        if self.path is not None:
            return None
        return (
            "Nothing was learnt of this platform, so a timed-out call may take any form. To know which, "
            f"once, in five minutes at most, on a private copy (draft) of an action: {command}"
        )


NOTHING_KNOWN: Final = KnownPlatform(PlatformFacts("org"))


def known_platform(
    named: Path | None, called: LearntOn, *, plays_a_file: bool = False, folder: Path = Path()
) -> KnownPlatform:
    """Return what is known of the platform that is `called`.

    `named`: the file that a flag or a setting names, None for the one in `folder`, if there is one.
    `plays_a_file`: it is a sandbox that behaves as a file says. Raises UsageError for a file that cannot be
    read, and for a named one that was learnt on a sandbox where an org is called.
    """
    path = folder / PLATFORM_FILE if named is None else named
    if named is None and not os.path.lexists(path):
        return KnownPlatform(PlatformFacts(called))
    facts = read_platform(path)
    if facts.learnt_on == "sandbox" and called == "org":
        if named is not None:
            raise UsageError(
                f"{path} was learnt on a sandbox: it says nothing about an org.",
                hint="Name the file that was learnt on the org, or none.",
            )
        return KnownPlatform(PlatformFacts(called), set_aside=f"{path} was learnt on a sandbox")
    if facts.learnt_on == "org" and called == "sandbox" and named is None and not plays_a_file:
        return KnownPlatform(PlatformFacts(called), set_aside=f"{path} was learnt on an org")
    return KnownPlatform(facts, path)
