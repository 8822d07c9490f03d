"""Addresses as Terraform prints them, read and written."""

import json
import re
from typing import Final

from analysis.format.json_within_limits import UnfitJsonError, parse_json
from diag.terraform.configuration.module_call import Address, AnyKey, Key
from diag.terraform.resource_type import RESOURCE_TYPE

_PART: Final = re.compile(
    r'\.?(?P<name>[^\W\d][\w-]*)(?:\[(?P<key>"(?:[^"\\]|\\.)*"|[0-9]{1,9})\])?', re.DOTALL
)


AddressParts = tuple[tuple[str, Key], ...]
"""`module.crm["eu"].genesyscloud_integration_action.a[0]`: "module", "crm" with its key, and so on."""


def parse_address(text: str) -> Address | None:
    """Return the address of an action; None for any other text."""
    parts = parse_parts(text)
    if parts is None or len(parts) < 2 or len(parts) % 2 or parts[-2] != (RESOURCE_TYPE, None):
        return None
    calls = parts[:-2]
    if any(word != ("module", None) for word in calls[::2]):
        return None
    return Address(tuple(calls[1::2]), *parts[-1])


def parts_of(address: Address) -> AddressParts:
    """Return the parts of an action's address."""
    calls = (part for call in address.modules for part in (("module", None), call))
    return *calls, (RESOURCE_TYPE, None), (address.label, address.key)


def parse_parts(text: str) -> AddressParts | None:
    """Return the parts of any address, of a module, too; None for a text that is none."""
    parts = list[tuple[str, Key]]()
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None or (found[0].startswith(".") == (at == 0)):
            return None
        try:
            key = None if found["key"] is None else parse_json(found["key"])
        except UnfitJsonError:
            return None
        parts.append((found["name"], key))
        at = found.end()
    return tuple(parts)


def address_text(address: Address) -> str:
    """Return the address as Terraform prints it; `[*]` stands for every key."""
    calls = "".join(f"module.{name}{_key(key)}." for name, key in address.modules)
    return f"{calls}{RESOURCE_TYPE}.{address.label}{_key(address.key)}"


def _key(key: Key) -> str:
    if key is None:
        return ""
    return "[*]" if isinstance(key, AnyKey) else f"[{json.dumps(key, ensure_ascii=False)}]"
