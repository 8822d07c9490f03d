"""Reading one line of the journal: every value is checked, as the file may have been edited or torn."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Final, get_args

from analysis.format.checked_json import UnfitJsonError, parse_object
from analysis.format.sample_schema import PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S
from diag.changes.journal.journal_line import JournalLine, Phase

JOURNAL_VERSION: Final = 1
_ENTRY: Final = re.compile(r"[\w-]+")
_KNOWN: Final = {item.name for item in fields(JournalLine)}
_LATEST_S: Final = 253_402_300_799.0
"""The last second of the year 9999: what a date can show."""


class DamagedLineError(ValueError):
    """Raised for a line that is not one of ours; its text says which value is wrong."""


def parse_line(text: str) -> JournalLine:
    """Return the line in `text`. Raises DamagedLineError, which names the first wrong value.

    A value of another type or range would be believed by an undo, and written to an org.
    """
    try:
        body = parse_object(text)
    except UnfitJsonError as error:
        raise DamagedLineError(f"it {error}") from None
    if body.get("format_version") != JOURNAL_VERSION:
        raise DamagedLineError("its format_version is not 1")
    values = {name: value for name, value in body.items() if name in _KNOWN}
    for name in ("correlation_ids", "run_ids"):
        values.setdefault(name, [])
    for name, (fits, wanted) in _CHECKS.items():
        if name in values and not fits(values[name]):
            raise DamagedLineError(f"{name} is not {wanted}")
    for name in ("correlation_ids", "run_ids"):
        values[name] = tuple(values[name])
    try:
        return JournalLine(**values)
    except TypeError:
        missing = sorted(_REQUIRED - set(values))
        raise DamagedLineError(f"it has no {', '.join(missing)}") from None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_entry(value: object) -> bool:
    """It names a file beside the journal."""
    return isinstance(value, str) and _ENTRY.fullmatch(value) is not None


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LATEST_S


def _is_timeout(value: object) -> bool:
    return type(value) is int and PLATFORM_MIN_TIMEOUT_S <= value <= PLATFORM_MAX_TIMEOUT_S


def _is_version(value: object) -> bool:
    return type(value) is int and value >= 0


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _or_null(fits: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or fits(value)


_TEXT: Final = (_is_text, "a text")
_OPTIONAL_TEXT: Final = (_or_null(_is_text), "a text or null")
_TIMEOUT: Final = (_is_timeout, "a whole number of seconds from 1 to 60")
_VERSION: Final = (_or_null(_is_version), "a version or null")
_CHECKS: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "entry": (_is_entry, "the id of an entry"),
    "phase": (lambda value: value in get_args(Phase), f"one of {', '.join(get_args(Phase))}"),
    "at": (_is_time, "a time in Unix seconds"),
    "apply_id": _TEXT,
    "client_id": _OPTIONAL_TEXT,
    "org_id": _TEXT,
    "org_name": _TEXT,
    "host": _TEXT,
    "sandbox": (_is_flag, "true or false"),
    "plan_digest": _TEXT,
    "origin": _TEXT,
    "action_id": _TEXT,
    "action_name": _TEXT,
    "before_timeout_s": _TIMEOUT,
    "before_is_set": (_is_flag, "true or false"),
    "after_timeout_s": _TIMEOUT,
    "version_before": _VERSION,
    "version_after": _VERSION,
    "correlation_ids": (_are_texts, "a list of texts"),
    "passed_before": (_or_null(_is_flag), "true, false or null"),
    "outcome": _OPTIONAL_TEXT,
    "reason": _OPTIONAL_TEXT,
    "undoes": _OPTIONAL_TEXT,
    "run_ids": (_are_texts, "a list of texts"),
}
_REQUIRED: Final = frozenset(
    {"entry", "phase", "at", "apply_id", "client_id", "org_id", "org_name", "host", "sandbox", "plan_digest"}
    | {"origin", "action_id", "action_name", "before_timeout_s", "before_is_set", "after_timeout_s"}
    | {"version_before"}
)
