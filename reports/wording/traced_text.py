"""Texts that know where their numbers come from.

Every number a page shows stands in the report's JSON too (reports/pages/report_json.py). A `Told` text
carries, for each number in it, its place there; in a page the number becomes `<span data-f="place">`,
so that a test (tests/unit/reports/pages/test_traceable.py) can compare each of them. Elsewhere it is plain
text.
"""

from collections.abc import Iterable

from markupsafe import Markup, escape

from reports.wording.plain_text import printable


class Told(str):
    """A printable text; `__html__` is the same text with its numbers marked."""

    __slots__ = ("_html",)
    _html: Markup

    def __html__(self) -> str:
        """Return what a template puts into the page."""
        return self._html


def number(text: str, raw: float | None, at: str) -> Told:
    """Return a number as shown and its place: `/a/b` in the JSON, `a/b` in the entry of what it stands in.

    `raw` is the number itself; an unknown one (None) is only a text.
    """
    if raw is None:
        return _told(text, escape(text))
    return _told(text, Markup('<span data-f="{}">{}</span>').format(at, text))


def told(pattern: str, *parts: str, **named: str) -> Told:
    """Return `pattern.format(...)`; texts among the parts are made printable and escaped in a page."""
    safe = [_safe(part) for part in parts]
    safe_named = {name: _safe(part) for name, part in named.items()}
    return _told(pattern.format(*safe, **safe_named), Markup(pattern).format(*safe, **safe_named))


def joined(between: str, parts: Iterable[str]) -> Told:
    """Return the parts joined, their numbers still marked."""
    found = [_safe(part) for part in parts]
    return _told(between.join(found), Markup(between).join(found))


def _safe(part: str) -> str:
    return part if isinstance(part, Told) else printable(part)


def _told(text: str, html: Markup) -> Told:
    made = Told(text)
    made._html = html
    return made
