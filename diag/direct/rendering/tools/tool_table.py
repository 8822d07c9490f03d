"""Every name that a template may call, in one place: the tools, and the methods of values by their kind."""

from collections.abc import Mapping
from typing import Final

from diag.direct.rendering.tools.collection_methods import LIST_METHODS, OBJECT_METHODS, PLAIN_METHODS
from diag.direct.rendering.tools.escape_tool import ESCAPE_TOOL
from diag.direct.rendering.tools.math_tool import MATH_TOOL
from diag.direct.rendering.tools.success_template_tool import SUCCESS_TEMPLATE_TOOL
from diag.direct.rendering.tools.text_methods import TEXT_METHODS
from diag.direct.rendering.tools.tool import Method, TemplateTool
from diag.direct.rendering.tools.url_tool import ENCODING_TOOL, URL_TOOL
from diag.direct.rendering.velocity.java_values import Value

TOOLS: Final[Mapping[str, TemplateTool]] = {
    "esc": ESCAPE_TOOL,
    "math": MATH_TOOL,
    "encoding": ENCODING_TOOL,
    "urlTool": URL_TOOL,
    "successTemplateUtils": SUCCESS_TEMPLATE_TOOL,
}

VALUE_METHODS: Final = frozenset({*TEXT_METHODS, *LIST_METHODS, *OBJECT_METHODS, *PLAIN_METHODS})
"""Names that some kind of value knows."""


def methods_of(value: Value) -> Mapping[str, Method]:
    """Return the methods of a value by its kind."""
    if isinstance(value, str):
        return TEXT_METHODS
    if isinstance(value, list):
        return LIST_METHODS
    return OBJECT_METHODS if isinstance(value, dict) else PLAIN_METHODS


def argument_counts(name: str) -> frozenset[int]:
    """Return with how many arguments a method of a value may be called, of whatever kind the value is."""
    tables: tuple[Mapping[str, Method], ...] = (TEXT_METHODS, OBJECT_METHODS, PLAIN_METHODS)
    return frozenset(count for table in tables if name in table for count in table[name].arguments)
