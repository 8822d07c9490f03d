"""HCL as words: each with its place in the text, brackets and quotes matched; between words there is only
white space and comments.

Read from the scanner that HCL is defined by (hashicorp/hcl, hclsyntax/scan_tokens.rl): what `$${` means,
where a heredoc ends, that a string holds no line break and a `${ }` in it may.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from diag.terraform.syntax.trouble import SyntaxTrouble


class WordKind(Enum):
    """What a word is."""

    NEWLINE = "newline"
    NAME = "name"
    NUMBER = "number"
    SIGN = "sign"
    """An operator or a separator."""
    OPEN = "open"
    """What has a partner further on: `{`, `[`, `(`, a quote, a heredoc's first line, `${`, `%{`."""
    CLOSE = "close"
    LITERAL = "literal"
    """Characters of a string, as they are written."""


class Word(NamedTuple):
    """One word: `text[start:end]`."""

    kind: WordKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """The words of a text; `partner[i]` is the index of the word that closes word i, or opens it, else -1."""

    text: str
    words: tuple[Word, ...]
    partner: tuple[int, ...]

    def says(self, at: int) -> str:
        """Return word `at` as it is written."""
        word = self.words[at]
        return self.text[word.start : word.end]


_MAIN: Final = re.compile(
    r"""(?P<blank>[ \t]+|\#[^\n]*|//[^\n]*|/\*.*?\*/)
    |(?P<newline>\r?\n)
    |(?P<heredoc><<-?(?P<marker>[^\W\d][\w-]*)\r?\n)
    |(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    |(?P<name>[^\W\d][\w-]*)
    |(?P<open>["\[({])
    |(?P<close>~?\}|[\])])
    |(?P<sign>==|!=|>=|<=|&&|\|\||::|\.\.\.|=>|/(?!\*)|[.,*%+\-=<>!?:])""",
    re.VERBOSE | re.DOTALL,
)
_LITERAL: Final = r"\$\$\{|%%\{|\$(?!\{)|%(?!\{)"
_IN_QUOTES: Final = re.compile(rf"(?:{_LITERAL}|\\[^\r\n]|[^\"\\$%\r\n])+")
_IN_HEREDOC: Final = re.compile(rf"(?:{_LITERAL}|[^$%\n])*\n?")
_SEQUENCE: Final = re.compile(r"[$%]\{~?")
_PARTNERS: Final = {"[": "]", "(": ")", "{": "}"}
_KINDS: Final = {
    "newline": WordKind.NEWLINE,
    "number": WordKind.NUMBER,
    "name": WordKind.NAME,
    "sign": WordKind.SIGN,
}
BYTE_ORDER_MARK: Final = "\ufeff"
_DEEPEST: Final = 1000
"""A file is refused at a bracket nested deeper. Blocks and values may be far less deep: one that is deeper
would be refused in the end, after seconds."""


def scan(text: str) -> Scanned:
    """Return the words of a file's text. Raises SyntaxTrouble."""
    scanner = _Scanner(text)
    scanner.file()
    return scanner.done()


def scan_template(text: str) -> Scanned:
    """Return the words of a bare template, as a string of Terraform's JSON is one. Raises SyntaxTrouble."""
    scanner = _Scanner(text)
    scanner.template()
    return scanner.done()


@dataclass(slots=True)
class _Inside:
    """What the scanner is in: a bracket, a string, a heredoc, a sequence `${`; opened by word `opened`."""

    closes: str
    opened: int
    marker: str = ""
    at_line_start: bool = True


_BARE: Final = "a bare template"


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.words: list[Word] = []
        self.partner: list[int] = []
        self.inside: list[_Inside] = []

    def file(self) -> None:
        self.at = len(BYTE_ORDER_MARK) if self.text.startswith(BYTE_ORDER_MARK) else 0
        self._all()

    def template(self) -> None:
        self.inside.append(_Inside(_BARE, -1))
        self._all()

    def _all(self) -> None:
        while self.at < len(self.text):
            within = self.inside[-1].closes if self.inside else ""
            if within in ('"', "heredoc", _BARE):
                self._literal(within)
            else:
                self._word()

    def done(self) -> Scanned:
        left = [one for one in self.inside if one.closes != _BARE]
        if left:
            raise SyntaxTrouble(self.words[left[-1].opened].start, "what is opened here is never closed")
        return Scanned(self.text, tuple(self.words), tuple(self.partner))

    def _word(self) -> None:
        found = _MAIN.match(self.text, self.at)
        if found is None:
            raise SyntaxTrouble(self.at, f"{self.text[self.at]!r} means nothing in HCL")
        kind = found.lastgroup
        if kind == "open":
            mark = found[0]
            self._open(found.end(), _PARTNERS.get(mark, mark))
        elif kind == "heredoc":
            self._open(found.end(), "heredoc", found["marker"])
        elif kind == "close":
            self._close(found.end(), found[0][-1])
        elif kind == "blank":
            self.at = found.end()
        else:
            self._add(_KINDS[str(kind)], found.end())

    def _literal(self, within: str) -> None:
        """Characters of a string or template, up to what ends them or begins a sequence."""
        if within == "heredoc" and self._ends_heredoc():
            return
        sequence = _SEQUENCE.match(self.text, self.at)
        if sequence is not None:
            self.inside[-1].at_line_start = False
            self._open(sequence.end(), "}")
        elif within == '"' and self.text[self.at] == '"':
            self._close(self.at + 1, '"')
        else:
            found = (_IN_QUOTES if within == '"' else _IN_HEREDOC).match(self.text, self.at)
            if found is None or found.end() == self.at:
                raise SyntaxTrouble(self.at, "a string ends on the line it begins on")
            self.inside[-1].at_line_start = found[0].endswith("\n")
            self._add(WordKind.LITERAL, found.end())

    def _ends_heredoc(self) -> bool:
        within = self.inside[-1]
        if not within.at_line_start:
            return False
        ending = self.text.find("\n", self.at)
        if ending < 0 or self.text[self.at : ending].strip() != within.marker:
            return False
        self._close(ending, "heredoc")
        return True

    def _open(self, end: int, closes: str, marker: str = "") -> None:
        if len(self.inside) >= _DEEPEST:
            raise SyntaxTrouble(self.at, "brackets are nested too deep")
        self.inside.append(_Inside(closes, len(self.words), marker))
        self._add(WordKind.OPEN, end)

    def _close(self, end: int, mark: str) -> None:
        if not self.inside or self.inside[-1].closes != mark:
            raise SyntaxTrouble(self.at, f"{mark!r} closes nothing that was opened")
        opened = self.inside.pop().opened
        self.partner[opened] = len(self.words)
        self._add(WordKind.CLOSE, end)
        self.partner[-1] = opened

    def _add(self, kind: WordKind, end: int) -> None:
        self.words.append(Word(kind, self.at, end))
        self.partner.append(-1)
        self.at = end
