"""The template engine of every page: all text escaped and printable, nothing undefined."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analysis.number_words import percentile_name, plural
from analysis.plain_text import escaped_json, printable
from reports.charts.svg import style_sheet
from reports.wording import numbers
from reports.wording.failures import where_it_failed
from reports.wording.input_words import inputs_of
from reports.wording.traced_text import traced_number
from reports.wording.verdict_words import cut_off_then, held_share, shown_number

TEMPLATES: Final = Path(__file__).parents[1] / "templates"
_FILTERS: Final = (
    "latency",
    "at_most",
    "at_least",
    "quantile",
    "seconds",
    "share",
    "count",
    "rate",
    "plain",
    "duration",
)
_INDENTATION: Final = re.compile(r"\n[ \n]+")
_TAG: Final = re.compile(r"<(script|style)\b.*?</\1>|<[a-z][^>]*>", re.DOTALL)
_NEEDLESS_QUOTES: Final = re.compile(r'(?<==)"([\w.:/#+,-]*[\w.:#+,-])"(?=[ >])')


def render(template: str, **context: object) -> str:
    """Return a template of our own folder filled in, without indentation and quotes that HTML does not need.

    An eighth of a large page. No text is touched: in one, autoescape leaves neither `<` nor a quote.
    """
    page = _INDENTATION.sub("\n", _engine().get_template(template).render(**context))
    return _TAG.sub(_without_quotes, page)


def _without_quotes(tag: re.Match[str]) -> str:
    """A script or a style stays as it is, with all between its tags."""
    return tag[0] if tag[1] else _NEEDLESS_QUOTES.sub(r"\1", tag[0])


@cache
def _engine() -> Environment:
    engine = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.filters.update({name: getattr(numbers, name) for name in _FILTERS})
    engine.filters.update({"where_it_failed": where_it_failed, "plural": plural, "inputs_of": inputs_of})
    engine.filters.update({one.__name__: one for one in (shown_number, cut_off_then, held_share)})
    engine.filters["percentile_name"] = percentile_name
    engine.globals.update(
        {"files_of": _files_of, "chart_styles": Markup(style_sheet()), "traced_number": traced_number}
    )
    return engine


def embedded_json(body: object) -> Markup:
    """Return JSON that can stand inside a `<script>`: no `<`, so no text in it can end the element.

    What is not known (null in the JSON of the command line) is left out, and whole numbers are written as
    such: a tenth of a large page.
    """
    text = escaped_json(json.dumps(_known(body), allow_nan=False, sort_keys=True, separators=(",", ":")))
    return Markup(text.replace("<", "\\u003c"))


def _known(body: object) -> object:
    """Return it without the unknown values of objects; lists keep theirs, their places mean something."""
    if isinstance(body, dict):
        return {name: _known(value) for name, value in body.items() if value is not None}
    if isinstance(body, float) and body.is_integer():
        return int(body)
    return [_known(value) for value in body] if isinstance(body, list | tuple) else body


def _files_of(folder: str) -> Markup:
    """Return the files of a folder of our own templates, as they are, in the order of their names."""
    parts = sorted((TEMPLATES / folder).iterdir())
    return Markup("".join(part.read_text(encoding="utf-8") for part in parts))
