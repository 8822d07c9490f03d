"""Edited files as a unified diff that `git apply` takes: the edits themselves, three lines around each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from analysis.plain_text import is_printable
from diag.terraform.editing.edited_file import EditedFile
from diag.terraform.editing.text_edit import TextEdit, with_edits

_AROUND: Final = 3
_NO_LINE_END: Final = "\n\\ No newline at end of file\n"


def unified_diff(file: EditedFile, name: str) -> str:
    """Return the diff of one file; `name` is its path where the diff is to be applied, with slashes."""
    lines = _lines(file.before)
    parts = [f"--- {_quoted('a/' + name)}\n+++ {_quoted('b/' + name)}\n"]
    moved = 0
    for stretch in _together(list(_stretches(file, lines))):
        begin = max(stretch[0].first - _AROUND, 0)
        end = min(stretch[-1].end + _AROUND, len(lines))
        body, at, added, removed = list[str](), begin, 0, 0
        for part in stretch:
            body += (_line(" ", one) for one in lines[at : part.first])
            body += (_line("-", one) for one in lines[part.first : part.end])
            body += (_line("+", one) for one in part.new)
            removed += part.end - part.first
            added += len(part.new)
            at = part.end
        body += (_line(" ", one) for one in lines[at:end])
        count = end - begin
        after = count - removed + added
        parts.append(f"@@ -{_range(begin, count)} +{_range(begin + moved, after)} @@\n")
        parts += body
        moved += added - removed
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Lines `first` up to `end` (not included) become the lines `new`."""

    first: int
    end: int
    new: tuple[str, ...]


def _stretches(file: EditedFile, lines: Sequence[str]) -> Iterator[_Stretch]:
    """What the edits change, line by line; those on one line together."""
    starts, at = [0], 0
    for line in lines:
        at += len(line)
        starts.append(at)
    number = 0
    for edits in _by_line(file):
        first_at = edits[0].start
        while number + 1 < len(lines) and starts[number + 1] <= first_at:
            number += 1
        end = number + 1
        while end < len(lines) and starts[end] <= edits[-1].end:
            end += 1
        shifted = tuple(
            TextEdit(edit.start - starts[number], edit.end - starts[number], edit.new) for edit in edits
        )
        old = list(lines[number:end])
        new = _lines(with_edits("".join(old), shifted))
        same = 0
        while same < min(len(old), len(new)) and old[-1 - same] == new[-1 - same]:
            same += 1
        yield _Stretch(number, end - same, tuple(new[: len(new) - same]))


def _by_line(file: EditedFile) -> Iterator[list[TextEdit]]:
    together = list[TextEdit]()
    for edit in file.edits:
        if together and "\n" in file.before[together[-1].end : edit.start]:
            yield together
            together = []
        together.append(edit)
    yield together


def _together(stretches: list[_Stretch]) -> Iterator[list[_Stretch]]:
    """Those whose lines around them meet."""
    group = [stretches[0]]
    for one in stretches[1:]:
        if one.first - group[-1].end > 2 * _AROUND:
            yield group
            group = []
        group.append(one)
    yield group


def _lines(text: str) -> list[str]:
    """The lines as git sees them: only a line feed ends one."""
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _line(sign: str, line: str) -> str:
    return f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}{_NO_LINE_END}"


def _range(begin: int, count: int) -> str:
    return f"{begin + 1 if count else begin},{count}"


def _quoted(name: str) -> str:
    """A path as git writes it: in quotes, its bytes as octal numbers, where it is not plain."""
    if name.isascii() and is_printable(name) and '"' not in name and "\\" not in name:
        return f"{name}\t" if " " in name else name
    escaped = "".join(
        chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\' else f"\\{byte:03o}"
        for byte in name.encode("utf-8", "surrogateescape")
    )
    return f'"{escaped}"'
