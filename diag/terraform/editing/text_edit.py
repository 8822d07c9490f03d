"""One change of a file's text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextEdit:
    """`text[start:end]` becomes `new`; `adds`: the words that are new by it, none where it replaces one."""

    start: int
    end: int
    new: str
    adds: tuple[str, ...] = ()


def with_edits(text: str, edits: tuple[TextEdit, ...]) -> str:
    """Return the text with all edits made; they do not overlap."""
    parts, at = list[str](), 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += (text[at : edit.start], edit.new)
        at = edit.end
    return "".join((*parts, text[at:]))
