"""Values as diag writes them on one line: TOML's inline form."""

import json
import re
from collections.abc import Mapping

from analysis.plain_text import is_printable


def inline_toml(value: object) -> str:
    """Return a value in TOML's inline form (null, which TOML has not, is left out)."""
    if isinstance(value, Mapping):
        inside = ", ".join(
            f"{toml_key(str(key))} = {inline_toml(one)}" for key, one in value.items() if one is not None
        )
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(inline_toml(one) for one in value if one is not None) + "]"
    if isinstance(value, str):
        return quoted(value)
    return json.dumps(value)


def toml_key(name: str) -> str:
    """Return a key as TOML writes it: quoted where it is no bare key."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)


def quoted(text: str) -> str:
    """Return a TOML basic string that can be printed: what is not `printable` is an escape."""
    return "".join(map(_character, json.dumps(text, ensure_ascii=False)))


def _character(one: str) -> str:
    """JSON's escapes are TOML's, too; but TOML writes a character beyond 16 bits as one."""
    if is_printable(one):
        return one
    return f"\\u{ord(one):04x}" if ord(one) <= 0xFFFF else f"\\U{ord(one):08x}"
