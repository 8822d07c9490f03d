"""A file with its timeouts edited, proven to differ in nothing else."""

from dataclasses import dataclass
from pathlib import Path

from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.editing.insert_line import line_for
from diag.terraform.editing.insert_member import member_for
from diag.terraform.editing.text_edit import TextEdit, with_edits
from diag.terraform.ownership.places import TimeoutPlace
from diag.terraform.syntax.hcl_body import HclBody
from diag.terraform.syntax.json_body import JsonBody
from diag.terraform.syntax.json_values import json_words
from diag.terraform.syntax.source import SourceText
from diag.terraform.syntax.trouble import SyntaxTrouble
from diag.terraform.syntax.words import WordKind, scan


@dataclass(frozen=True, slots=True)
class EditedFile:
    """A file before and after. `path` is the file itself, `shown` how people are shown it."""

    path: Path
    shown: str
    before: str
    edits: tuple[TextEdit, ...]

    @property
    def after(self) -> str:
        """Return its text with the edits made."""
        return with_edits(self.before, self.edits)


def edit_of(place: TimeoutPlace, timeout_s: int) -> TextEdit:
    """Return the edit that puts a number in a place. Raises Uncertain where there is no room for a line."""
    if place.insert_in is None:
        return TextEdit(place.start, place.end, str(timeout_s))
    body = place.insert_in.body
    if isinstance(body, JsonBody):
        return member_for(body, timeout_s)
    assert isinstance(body, HclBody)
    return line_for(place.insert_in, body, timeout_s)


def edited(source: SourceText, edits: tuple[TextEdit, ...]) -> EditedFile:
    """Return the file with these edits. Raises Uncertain where more than the timeouts would differ."""
    file = EditedFile(source.path, source.shown, source.text, tuple(sorted(edits, key=lambda one: one.start)))
    try:
        as_read = [text for text, _, _ in _words(source.path, file.after)]
    except SyntaxTrouble:
        as_read = []
    if as_read != _expected(source, file.edits):
        raise Uncertain(source.where(file.edits[0].start), "editing it would change more than the timeout")
    return file


def _expected(source: SourceText, edits: tuple[TextEdit, ...]) -> list[str]:
    """The words of the text, and what the edits make of them."""
    expected, left = list[str](), list(edits)
    for text, start, end in _words(source.path, source.text):
        while left and left[0].adds and left[0].start <= start:
            expected += left.pop(0).adds
        if left and not left[0].adds and start <= left[0].start and left[0].end <= end:
            edit = left.pop(0)
            text = text[: edit.start - start] + edit.new + text[edit.end - start :]
        expected.append(text)
    return expected


def _words(path: Path, text: str) -> list[tuple[str, int, int]]:
    """Each word with its place; line breaks, which an added line brings, are left out."""
    if path.name.endswith(".json"):
        return list(json_words(text))
    words = (word for word in scan(text).words if word.kind is not WordKind.NEWLINE)
    return [(text[word.start : word.end], word.start, word.end) for word in words]
