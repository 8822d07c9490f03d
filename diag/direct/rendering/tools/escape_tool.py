"""`$esc`: the methods that the Resource Center names, and VelocityTools' EscapeTool that it points to.

Source: help.mypurecloud.com, "Velocity macros for data actions" and "URI (URL) form encoding for data
actions"; for the rest, velocity.apache.org, Class EscapeTool.
"""

import html
import json
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote, quote_plus

from diag.direct.rendering.json_value import UnreadableJsonError, json_value
from diag.direct.rendering.tools.tool import Arguments, Method, TemplateTool
from diag.direct.rendering.velocity.java_values import UnknownMeaningError, Value, text_of


def _form(text: str) -> str:
    """Return what `java.net.URLEncoder` writes: a space is +, and only letters, digits and .-*_ stay."""
    return quote_plus(text, safe="*").replace("~", "%7E")


def _uri(text: str) -> str:
    """Return RFC 3986 percent encoding: a space is %20."""
    return quote(text, safe="")


def _json(text: str) -> str:
    """Return a text as it stands between the quotes of a JSON text.

    Whether / or letters beyond ASCII are escaped too is unknown; a reader of JSON sees no difference.
    """
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _unjson(text: str) -> str:
    """Return the text whose JSON form this is, without its quotes."""
    try:
        read = json_value(f'"{text}"')
    except UnreadableJsonError:
        raise UnknownMeaningError("$esc.jsonDecode of a text that is not escaped as JSON") from None
    return str(read)


_JAVA: Final = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}


_JAVASCRIPT: Final = {**_JAVA, "'": "\\'", "/": "\\/"}


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(sign) or (sign if " " <= sign <= "~" else _utf16(sign)) for sign in text)


def _utf16(sign: str) -> str:
    units = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] * 256 + units[at + 1]:04X}" for at in range(0, len(units), 2))


def _java(text: str) -> str:
    return _escaped(text, _JAVA)


def _javascript(text: str) -> str:
    return _escaped(text, _JAVASCRIPT)


def _xml(text: str) -> str:
    return _plain(text, "xml").replace("'", "&apos;")


def _html(text: str) -> str:
    return _plain(text, "html")


def _plain(text: str, name: str) -> str:
    if not text.isascii() or any(sign < " " and sign not in "\t\n\r" for sign in text):
        raise UnknownMeaningError(f"$esc.{name} of letters beyond ASCII, which versions escape differently")
    return html.escape(text, quote=False).replace('"', "&quot;")


def _sql(text: str) -> str:
    return text.replace("'", "''")


def own_method(name: str, encode: Callable[[str], str]) -> Method:
    """Return a method that Genesys added: what it makes of null is not known."""

    def run(arguments: Arguments) -> Value:
        if arguments[0] is None:
            raise UnknownMeaningError(f"null given to ${name}")
        return encode(text_of(arguments[0]))

    return Method(frozenset({1}), run)


def _method(escape: Callable[[str], str]) -> Method:
    """Return a method of VelocityTools' own, which returns null for null."""

    def run(arguments: Arguments) -> Value:
        value = arguments[0]
        return None if value is None else escape(text_of(value))

    return Method(frozenset({1}), run)


ESCAPE_TOOL: Final = TemplateTool(
    methods={
        "url": own_method("esc.url", _form),
        "urlFormEncode": own_method("esc.urlFormEncode", _form),
        "uriEncode": own_method("esc.uriEncode", _uri),
        "jsonEncode": own_method("esc.jsonEncode", _json),
        "jsonString": own_method("esc.jsonString", _json),
        "jsonDecode": own_method("esc.jsonDecode", _unjson),
        "java": _method(_java),
        "javascript": _method(_javascript),
        "html": _method(_html),
        "xml": _method(_xml),
        "sql": _method(_sql),
    },
    properties={
        "dollar": "$",
        "d": "$",
        "hash": "#",
        "h": "#",
        "backslash": "\\",
        "b": "\\",
        "quote": '"',
        "q": '"',
        "singleQuote": "'",
        "s": "'",
        "newline": "\n",
        "n": "\n",
        "exclamation": "!",
        "e": "!",
    },
)
