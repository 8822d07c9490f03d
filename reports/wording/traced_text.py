"""Texts that know where their numbers come from.

Every number a page shows also stands in the report's JSON (reports/pages/report_json.py). A reader can check
the page against the JSON, and a test does (tests/unit/reports/pages/test_traceable.py). For that, the page
marks each number with its place in the JSON:

    p99 is at most <span data-f="p99_upper_ms">1.24 s</span>

Most numbers stand in a cell of their own, and the template marks those. A number inside a sentence is harder:
the sentence is made in Python, it may hold an action's name (any text at all), and the same sentence goes to
the terminal and to Markdown, where a `<span>` must not appear. A `TracedText` is such a sentence. It is two
texts in one:

- As a `str` it is plain: `print(text)`, `text.upper()`, `f"{text}"` see "p99 is at most 1.24 s".
- In a template it is HTML: Jinja asks a value for `__html__()` before escaping it, and gets the marked text.

Three functions make one, and nothing else should:

    traced_number("1.24 s", 1240.0, "p99_upper_ms")   a number as shown, its raw value, its place
    traced("{} is at most {}", name, upper)           a sentence around such parts
    traced_join(", ", parts)                          a list of such parts

They keep three promises:

- Every part that is not a `TracedText` is a text of unknown origin. It is made printable (no control
  characters) and is escaped in the HTML. The pattern itself is ours and is taken as it is.
- Marks survive nesting: a `TracedText` put into another keeps its numbers' places.
- Any other way to build a text loses the marks but is never unsafe: `f"{a} {b}"` is a plain `str`, which the
  template escapes. The cost is a number that cannot be traced, and the test above fails.

A place is a path into the JSON: `/settings/confidence` counts from the top, `p99_ms` from the entry of the
nearest element around it with a `data-at` (an action, a run).
"""

from collections.abc import Iterable

from markupsafe import Markup, escape

from analysis.plain_text import printable


class TracedText(str):
    """A printable text; `__html__` is the same text with its numbers marked."""

    __slots__ = ("_html",)
    _html: Markup

    def __html__(self) -> str:
        """Return what a template puts into the page."""
        return self._html


def traced_number(text: str, raw: float | None, at: str) -> TracedText:
    """Return a number as shown, marked with its place `at` in the JSON; unmarked if unknown (`raw` None)."""
    if raw is None:
        return _text_with_html(text, escape(text))
    return _text_with_html(text, Markup('<span data-f="{}">{}</span>').format(at, text))


def traced(pattern: str, *parts: str) -> TracedText:
    """Return `pattern.format(*parts)`, the parts made safe and their numbers still marked."""
    safe = [_printable_part(part) for part in parts]
    return _text_with_html(pattern.format(*safe), Markup(pattern).format(*safe))


def traced_join(between: str, parts: Iterable[str]) -> TracedText:
    """Return `between.join(parts)`, the parts made safe and their numbers still marked."""
    safe = [_printable_part(part) for part in parts]
    return _text_with_html(between.join(safe), Markup(between).join(safe))


def _printable_part(part: str) -> str:
    return part if isinstance(part, TracedText) else printable(part)


def _text_with_html(text: str, html: Markup) -> TracedText:
    made = TracedText(text)
    made._html = html
    return made
