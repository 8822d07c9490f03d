"""What is known of the platform: which file says it, and what it contradicts."""

from typing import Any, Final

from analysis.number_words import plural
from diag.doctor.check import Check
from diag.errors import UsageError
from diag.platform_facts.facts import Learnt
from diag.platform_facts.known_platform import KnownPlatform

NAME: Final = "platform facts"
_HOW: Final = "learn them: diag doctor --learn ACTION"
_LEARN: Final = "Learn it anew (diag doctor --learn ACTION), or remove the file if it is of another platform"


def check_platform(known: KnownPlatform) -> Check:
    """Return which file of facts is in force, how many facts it holds and how old they are."""
    if known.set_aside is not None:
        fix = "Remove it, or name the right one: DIAG_PLATFORM=FILE"
        return Check(NAME, "warning", f"{known.set_aside}, so it is not used here", fix)
    newest = known.facts.newest
    if known.path is None or newest is None:
        return Check(NAME, "ok", f"none are known, so every form is expected; {_HOW}")
    learnt = plural(len(known.facts.learnt()), "fact")
    return Check(NAME, "ok", f"{learnt} of {known.path}, the newest of {newest}")


def unusable(error: UsageError) -> Check:
    """Return the failed check of a file of facts that cannot be used."""
    return Check(NAME, "failed", error.message, error.hint, error.category)


def contradicted(what: str, learnt: Learnt[Any]) -> Check:
    """Return the warning that the org does not behave as the file says; `what` follows "that"."""
    return Check(NAME, "warning", f"it was learnt on {learnt.found_at} that {what}", _LEARN)
