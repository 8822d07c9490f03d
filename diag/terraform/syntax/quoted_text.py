"""What a quoted string says: its escapes resolved (HCL native syntax, "Template Expressions")."""

import re
import sys
from typing import Final

_ESCAPE: Final = re.compile(r'\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\([nrt"\\])|([$%])\4(?=\{)')
_IN_TEMPLATE: Final = re.compile(r"([$%])\1(?=\{)")


def unquoted(text: str) -> str:
    """Return what the characters between the quotes mean, where no sequence `${` is among them."""

    def character(found: re.Match[str]) -> str:
        point = int(found[1] or found[2] or "0", 16)
        if found[3] or found[4]:
            return found[4] or {"n": "\n", "r": "\r", "t": "\t"}.get(found[3], found[3])
        return chr(point) if point <= sys.maxunicode and not 0xD800 <= point < 0xE000 else found[0]

    return _ESCAPE.sub(character, text)


def unescaped_template(text: str) -> str:
    """Return what a bare template means, where no sequence is in it: as a string of Terraform's JSON."""
    return _IN_TEMPLATE.sub(r"\1", text)
