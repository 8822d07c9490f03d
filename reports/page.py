"""The template engine of every page: all text escaped and printable, nothing undefined."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import numbers
from reports.charts.svg import style_sheet
from reports.failures import where_it_failed
from reports.plain_text import printable

TEMPLATES: Final = Path(__file__).parent / "templates"
_FILTERS: Final = ("latency", "seconds", "share", "count", "rate", "plain", "duration", "plural")
_INDENTATION: Final = re.compile(r"\n[ \n]+")


def render(template: str, **context: object) -> str:
    """Return a template of our own folder filled in; indentation is dropped (a tenth of a large page)."""
    return _INDENTATION.sub("\n", _engine().get_template(template).render(**context))


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
    engine.filters.update({"share_number": _share_number, "where_it_failed": where_it_failed})
    engine.globals.update({"asset": _asset, "chart_styles": Markup(style_sheet())})
    return engine


def embedded_json(body: object) -> Markup:
    """Return JSON that can stand inside a `<script>`: no `<`, so no text in it can end the element."""
    text = json.dumps(body, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def _share_number(share: float | None) -> str:
    """Return a share for the page's script in as few characters as will do; `?` where it is not known."""
    return "?" if share is None else f"{share:.4g}".removeprefix("0") or "0"


def _asset(name: str) -> Markup:
    """Return a file of our own templates folder, as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))
