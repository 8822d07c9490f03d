"""HCL: a text to its body."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from diag.terraform.syntax.body import Argument, ConfigBlock
from diag.terraform.syntax.quoted_text import unquoted
from diag.terraform.syntax.read_expression import read_expression
from diag.terraform.syntax.source import Fragment, SourceText
from diag.terraform.syntax.trouble import SyntaxTrouble
from diag.terraform.syntax.words import Scanned, WordKind, scan

_DEEPEST: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class HclBody:
    """A body between braces, or a whole file; `start` and `end`: what is between the braces."""

    source: SourceText
    start: int
    end: int
    _arguments: tuple[Argument, ...]
    every_block: tuple[ConfigBlock, ...]

    def all_named(self, name: str) -> Sequence[Argument]:
        """Return every argument of this name."""
        return [one for one in self._arguments if one.name == name]

    def arguments(self) -> Sequence[Argument]:
        """Return every argument."""
        return self._arguments

    def blocks(self, kind: str, labels: int) -> Sequence[ConfigBlock]:
        """Return the blocks of this kind that have so many labels."""
        return [one for one in self.every_block if one.kind == kind and len(one.labels) == labels]


def read_hcl(source: SourceText) -> tuple[HclBody, Scanned]:
    """Return the body of a file, and its words. Raises SyntaxTrouble."""
    scanned = scan(source.text)
    return _Bodies(source, scanned).body(0, len(scanned.words), (0, len(source.text)), 0), scanned


class _Bodies:
    def __init__(self, source: SourceText, scanned: Scanned) -> None:
        self.source = source
        self.scanned = scanned
        self.words = scanned.words

    def body(self, first: int, end: int, place: tuple[int, int], depth: int) -> HclBody:
        if depth > _DEEPEST:
            raise SyntaxTrouble(place[0], "blocks are nested too deep")
        arguments, blocks, at = list[Argument](), list[ConfigBlock](), first
        while at < end:
            word = self.words[at]
            if word.kind is WordKind.NEWLINE:
                at += 1
            elif word.kind is not WordKind.NAME:
                raise SyntaxTrouble(word.start, f"{self.scanned.says(at)!r} begins no argument and no block")
            elif at + 1 < end and self.scanned.says(at + 1) == "=":
                at = self._argument(at, end, arguments)
            else:
                at = self._block(at, end, blocks, depth)
        return HclBody(self.source, *place, tuple(arguments), tuple(blocks))

    def _argument(self, at: int, end: int, arguments: list[Argument]) -> int:
        stop = at + 2
        while stop < end and self.words[stop].kind is not WordKind.NEWLINE:
            stop = max(self.scanned.partner[stop], stop) + 1
        if stop == at + 2:
            raise SyntaxTrouble(self.words[at].start, f"{self.scanned.says(at)} has no value")
        fragment = Fragment(self.source, self.scanned, at + 2, stop)
        place = self.words[at].start, self.words[stop - 1].end
        name = self.scanned.says(at)
        arguments.append(Argument(name, self.source, *place, lambda: read_expression(fragment)))
        return stop

    def _block(self, at: int, end: int, blocks: list[ConfigBlock], depth: int) -> int:
        labels, begin = list[str](), at
        at += 1
        while at < end and self.scanned.says(at) != "{":
            word = self.words[at]
            if word.kind is WordKind.NAME:
                labels.append(self.scanned.says(at))
                at += 1
            elif self.scanned.says(at) == '"' and word.kind is WordKind.OPEN:
                closed = self.scanned.partner[at]
                if any(self.words[one].kind is not WordKind.LITERAL for one in range(at + 1, closed)):
                    raise SyntaxTrouble(word.start, "a label is a plain text")
                labels.append(unquoted(self.source.text[word.end : self.words[closed].start]))
                at = closed + 1
            else:
                break
        if at >= end or self.scanned.says(at) != "{":
            kind = self.scanned.says(begin)
            raise SyntaxTrouble(self.words[begin].start, f"{kind} is neither an argument nor a block")
        closed = self.scanned.partner[at]
        inside = self.words[at].end, self.words[closed].start
        body = self.body(at + 1, closed, inside, depth + 1)
        place = self.words[begin].start, self.words[closed].end
        blocks.append(ConfigBlock(self.scanned.says(begin), tuple(labels), body, *place))
        if closed + 1 < end and self.words[closed + 1].kind is not WordKind.NEWLINE:
            raise SyntaxTrouble(self.words[closed + 1].start, "a block ends its line")
        return closed + 1
