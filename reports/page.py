"""The template engine of every page: all text escaped and printable, nothing undefined."""

import json
import re
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import numbers
from reports.charts.svg import style_sheet
from reports.plain_text import printable

TEMPLATES: Final = Path(__file__).parent / "templates"
_FILTERS: Final = ("latency", "seconds", "share", "count", "rate", "plain", "duration", "plural")
_INDENTATION: Final = re.compile(r"\n[ \n]+")


def render(template: str, **context: object) -> str:
    """Return a template of our own folder filled in; indentation is dropped (a tenth of a large page)."""
    engine = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.filters.update({name: getattr(numbers, name) for name in _FILTERS})
    engine.filters["share_number"] = lambda share: (
        "?" if share is None else f"{share:.4g}".removeprefix("0") or "0"
    )
    engine.globals.update({"asset": _asset, "chart_styles": Markup(style_sheet())})
    return _INDENTATION.sub("\n", engine.get_template(template).render(**context))


def embedded_json(body: object) -> Markup:
    """Return JSON that can stand inside a `<script>`: no `<`, so no text in it can end the element."""
    text = json.dumps(body, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def _asset(name: str) -> Markup:
    """Return a file of our own templates folder, as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))
