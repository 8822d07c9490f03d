"""The kinds of values a fact may have: what is taken from a file, and how a value reads in a sentence.

Texts come from replies of an org. Only what looks like a code or a label is taken, and nothing that could
name the org: a file of facts is made to be passed on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

MOST_TEXTS: Final = 100
CODE: Final = re.compile(r"[A-Za-z0-9._:-]{1,80}")
LABEL: Final = re.compile(r"[A-Za-z0-9._:()/-]+(?: [A-Za-z0-9._:()/-]+)*")
MOST_LABEL: Final = 80
_NAMES_SOMETHING: Final = re.compile(
    r"://|@|www\.|[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|\d{1,3}(?:\.\d{1,3}){3}"
    r"|\.(?:com|net|org|io|cloud|ie|de|jp|au)\b",
    re.IGNORECASE,
)
"""An id, an address, a host: of the org, or of a backend."""


@dataclass(frozen=True, slots=True)
class TimeoutWords:
    """What the analytics say of an execution that timed out, or ended well; None: nothing of its own."""

    error_type: str | None = None
    response_status: str | None = None


class FactKind(Protocol):
    """What a fact's value may be. `right` completes "value must be"."""

    @property
    def right(self) -> str:
        """Return what is taken."""

    def taken(self, raw: object) -> object | None:
        """Return the value that a file says; None where it is not one."""

    def sentence(self, value: object) -> str:
        """Return what the value means, as one sentence."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words, each with its sentence."""

    words: Mapping[str, str]

    @property
    def right(self) -> str:
        """Return the words."""
        return f"one of: {', '.join(self.words)}"

    def taken(self, raw: object) -> str | None:
        """Return the word."""
        return raw if isinstance(raw, str) and raw in self.words else None

    def sentence(self, value: object) -> str:
        """Return the word's sentence."""
        return self.words[str(value)]


@dataclass(frozen=True, slots=True)
class YesOrNo:
    """True or false, each with its sentence."""

    yes: str
    no: str
    right: str = "true or false"

    def taken(self, raw: object) -> bool | None:
        """Return the flag."""
        return raw if isinstance(raw, bool) else None

    def sentence(self, value: object) -> str:
        """Return the sentence."""
        return self.yes if value is True else self.no


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """A whole number from `low` to `high`; `text` has {value} in it, `zero` is the sentence of 0."""

    low: int
    high: int
    text: str
    zero: str | None = None

    @property
    def right(self) -> str:
        """Return the range."""
        return f"a whole number from {self.low} to {self.high}"

    def taken(self, raw: object) -> int | None:
        """Return the number."""
        fits = isinstance(raw, int) and not isinstance(raw, bool) and self.low <= raw <= self.high
        return raw if fits and isinstance(raw, int) else None

    def sentence(self, value: object) -> str:
        """Return the sentence with the number in it."""
        return self.zero if value == 0 and self.zero is not None else self.text.format(value=value)


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a reply, such as `request.timeout`."""

    text: str
    right: str = "a code of at most 80 letters, digits, dots, colons, dashes and underscores"

    def taken(self, raw: object) -> str | None:
        """Return the code."""
        return raw if isinstance(raw, str) and is_code(raw) else None

    def sentence(self, value: object) -> str:
        """Return the sentence with the code in it."""
        return self.text.format(value=value)


@dataclass(frozen=True, slots=True)
class Label:
    """A label of the platform's own, such as the name of a step."""

    text: str
    right: str = f"a label of at most {MOST_LABEL} plain characters, without ids and addresses"

    def taken(self, raw: object) -> str | None:
        """Return the label."""
        return raw if isinstance(raw, str) and is_label(raw) else None

    def sentence(self, value: object) -> str:
        """Return the sentence with the label in it."""
        return self.text.format(value=value)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of codes."""

    text: str
    right: str = f"a list of at most {MOST_TEXTS} codes"

    def taken(self, raw: object) -> tuple[str, ...] | None:
        """Return the codes."""
        if not isinstance(raw, list) or len(raw) > MOST_TEXTS:
            return None
        codes = tuple(one for one in raw if isinstance(one, str) and is_code(one))
        return codes if len(codes) == len(raw) else None

    def sentence(self, value: object) -> str:
        """Return the sentence with the codes in it."""
        return self.text.format(value=", ".join(value) if isinstance(value, tuple) and value else "none")


@dataclass(frozen=True, slots=True)
class Words:
    """A table of the analytics' words for executions that ended so: `ended` completes "an execution that"."""

    ended: str
    right: str = "a table with error_type, response_status or both, each a code"

    def taken(self, raw: object) -> TimeoutWords | None:
        """Return the words; a table without any says nothing and is not taken."""
        if not isinstance(raw, Mapping) or not raw or set(raw) - {"error_type", "response_status"}:
            return None
        if not all(isinstance(one, str) and is_code(one) for one in raw.values()):
            return None
        return TimeoutWords(raw.get("error_type"), raw.get("response_status"))

    def sentence(self, value: object) -> str:
        """Return the sentence with the words in it."""
        words = value if isinstance(value, TimeoutWords) else TimeoutWords()
        said = [
            f"{name} {word}"
            for name, word in (("errorType", words.error_type), ("responseStatus", words.response_status))
            if word is not None
        ]
        return f"In the analytics, an execution that {self.ended} has {' and '.join(said)}."


def is_code(text: str) -> bool:
    """Return whether a text is a code that names nothing of an org."""
    return CODE.fullmatch(text) is not None and not names_something(text)


def is_label(text: str) -> bool:
    """Return whether a text is a plain label that names nothing of an org."""
    return len(text) <= MOST_LABEL and LABEL.fullmatch(text) is not None and not names_something(text)


def names_something(text: str) -> bool:
    """Return whether an id, an address or a host stands in a text."""
    return _NAMES_SOMETHING.search(text) is not None
