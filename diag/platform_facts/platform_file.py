"""`platform.toml`: the facts learnt of a platform, one table a fact (docs/formats.md, "Platform file").

Nothing in it names the org, a client, an action or an address, so it can be passed on as it is: whatever
looks like one is neither written nor taken.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import other_version
from analysis.inline_toml import inline_toml, quoted
from analysis.plain_text import is_printable
from diag.errors import UsageError
from diag.platform_facts.fact_kinds import TimeoutWords, names_something
from diag.platform_facts.facts import FACTS, Confidence, Fact, Learnt, LearntOn, PlatformFacts
from diag.toml_section import TomlSection

FORMAT_VERSION: Final = 1
MOST_HOW: Final = 200
_HEAD: Final = (
    "# What diag learnt about this Genesys Cloud platform where nobody has documented it.\n"
    "# No name, id or address of an org is in it, so it can be pasted into a bug report.\n"
)
_HINT: Final = "Correct the file, or remove it and learn anew."
_OTHER_DIAG: Final = "Use the diag that wrote it, or remove it and learn anew: diag doctor --learn"


def read_platform(path: Path) -> PlatformFacts:
    """Return the facts that a file states. Raises UsageError for anything that is not such a file."""
    body = InputFile(path, UsageError, _HINT).toml()
    table = TomlSection(body, path.name, UsageError)
    table.has("format_version")
    if other := other_version(body, FORMAT_VERSION):
        raise table.error(other, _OTHER_DIAG)
    learnt_on = cast(LearntOn, table.text("learnt_on", choices=("org", "sandbox")))
    found: dict[str, Any] = {}
    for fact in FACTS:
        part = table.table(fact.key)
        if part is not None:
            found[fact.key] = part.done(_learnt(part, fact))
    return table.done(PlatformFacts(learnt_on, **found))


def write_platform(path: Path, facts: PlatformFacts) -> None:
    """Replace the file whole. Raises OSError; ValueError for a value or a text that may not stand in it."""
    write_whole(path, platform_text(facts))


def platform_text(facts: PlatformFacts) -> str:
    """Return the file's text. Raises ValueError for a value or a text that may not stand in it."""
    tables = [_table(fact, learnt) for fact, learnt in facts.learnt()]
    head = f"{_HEAD}format_version = {FORMAT_VERSION}\nlearnt_on = {quoted(facts.learnt_on)}\n"
    return "\n".join([head, *tables])


def is_fit_reason(how: str) -> bool:
    """Return whether a text may say how a fact was found: one printable line that names nothing."""
    return 0 < len(how) <= MOST_HOW and is_printable(how) and not names_something(how)


def raw_value(value: object) -> object:
    """Return a fact's value as files have it: lists and tables instead of tuples and dataclasses."""
    if isinstance(value, TimeoutWords):
        return {key: word for key, word in asdict(value).items() if word is not None}
    return [*value] if isinstance(value, Sequence) and not isinstance(value, str) else value


def _learnt(table: TomlSection, fact: Fact) -> Learnt[Any]:
    if not table.has("value"):
        raise table.wrong("value", "is missing", f"value must be {fact.kind.right}.")
    raw = table.value("value")
    value = fact.kind.taken(raw)
    if value is None:
        raise table.wrong_value("value", raw, fact.kind.right)
    found = table.value("found")
    if type(found) is not date:
        raise table.wrong("found", "is not a date", "Write it as 2026-11-29, without quotes.")
    how = table.text("how")
    if not is_fit_reason(how):
        raise table.wrong("how", f"is not one line of at most {MOST_HOW} characters without ids or addresses")
    confidence = cast(Confidence, table.text("confidence", choices=("seen", "concluded")))
    return Learnt(value, found, how, confidence)


def _table(fact: Fact, learnt: Learnt[Any]) -> str:
    raw = raw_value(learnt.value)
    if fact.kind.taken(raw) != learnt.value:
        raise ValueError(f"{fact.key} must be {fact.kind.right}")
    if not is_fit_reason(learnt.how):
        raise ValueError(f"how {fact.key} was found must be one plain line that names nothing")
    lines = (
        f"# {fact.sentence(learnt)}",
        f"[{fact.key}]",
        f"value = {inline_toml(raw)}",
        f"found = {learnt.found_at.isoformat()}",
        f"how = {quoted(learnt.how)}",
        f"confidence = {quoted(learnt.confidence)}",
        "",
    )
    return "\n".join(lines)
