"""Which Terraform resource stands for which action: read from a state, `terraform show -json`, or an export.

Four forms are known by their content: a state file (version 4), the output of `terraform show -json`,
the JSON export of the Genesys provider (`*.tf.json`) and plain `*.tf` text. The first two carry the
action's id; the last two only its name.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analysis.format.input_file import InputFile
from diag.changes.change_errors import TerraformFileError

RESOURCE_TYPE: Final = "genesyscloud_integration_action"


@dataclass(frozen=True, slots=True)
class TerraformResource:
    """One resource; `address` as Terraform prints it, id or name None where the file lacks it."""

    address: str
    action_id: str | None
    action_name: str | None


def read_resources(path: Path) -> tuple[TerraformResource, ...]:
    """Return the data actions in a file. Raises TerraformFileError when it is none of the known forms."""
    file = InputFile(path, TerraformFileError, _HINT)
    if path.suffix == ".tf":
        return tuple(_from_hcl(file.text()))
    body = file.json()
    try:
        if isinstance(body.get("resources"), list):
            return tuple(_from_state(body["resources"]))
        if "values" in body or "planned_values" in body:
            values = body.get("values") or body["planned_values"]
            return tuple(_from_module(values["root_module"]))
        if "resource" in body:
            found = body["resource"].get(RESOURCE_TYPE, {})
            return tuple(
                TerraformResource(f"{RESOURCE_TYPE}.{label}", None, _text(attributes, "name"))
                for label, attributes in found.items()
            )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TerraformFileError(f"{path} is not a Terraform state or export.", hint=_HINT) from error
    raise TerraformFileError(f"{path} is not a Terraform state or export.", hint=_HINT)


_HINT: Final = (
    "Give a terraform.tfstate, the output of `terraform show -json`, or a .tf or .tf.json export. A remote "
    "state: terraform state pull > state.json"
)


def _from_state(resources: list[Any]) -> Iterator[TerraformResource]:
    for resource in resources:
        if resource.get("mode") != "managed" or resource.get("type") != RESOURCE_TYPE:
            continue
        base = f"{RESOURCE_TYPE}.{_needed(resource, 'name')}"
        if resource.get("module"):
            base = f"{_needed(resource, 'module')}.{base}"
        for instance in resource["instances"]:
            key = instance.get("index_key")
            address = base if key is None else f"{base}[{json.dumps(key)}]"
            attributes = instance.get("attributes") or {}
            yield TerraformResource(address, _text(attributes, "id"), _text(attributes, "name"))


def _from_module(module: dict[str, Any]) -> Iterator[TerraformResource]:
    for resource in module.get("resources", ()):
        if resource.get("mode", "managed") == "managed" and resource.get("type") == RESOURCE_TYPE:
            values = resource.get("values") or {}
            yield TerraformResource(_needed(resource, "address"), _text(values, "id"), _text(values, "name"))
    for child in module.get("child_modules", ()):
        yield from _from_module(child)


_BLOCK: Final = re.compile(r'^resource\s+"' + RESOURCE_TYPE + r'"\s+"([^"]+)"\s*\{', re.MULTILINE)
_NAME: Final = re.compile(r'^\s*name\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$', re.MULTILINE)


def _from_hcl(text: str) -> Iterator[TerraformResource]:
    """A block ends at the first `}` in the first column: so `terraform fmt` and exports write it."""
    for match in _BLOCK.finditer(text):
        end = text.find("\n}", match.end())
        name = _NAME.search(text, match.end(), len(text) if end < 0 else end)
        yield TerraformResource(
            f"{RESOURCE_TYPE}.{match[1]}", None, _unquoted(name[1]) if name is not None else None
        )


_ESCAPE: Final = re.compile(r'\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\([nrt"\\])|([$%])\4(?=\{)')


def _unquoted(text: str) -> str:
    """The text of a quoted template without interpolation (HCL native syntax, "Template Expressions")."""

    def character(found: re.Match[str]) -> str:
        point = int(found[1] or found[2] or "0", 16)
        if found[3] or found[4]:
            return found[4] or {"n": "\n", "r": "\r", "t": "\t"}.get(found[3], found[3])
        return chr(point) if point <= sys.maxunicode and not 0xD800 <= point < 0xE000 else found[0]

    return _ESCAPE.sub(character, text)


def _needed(resource: Any, key: str) -> str:
    value = resource[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def _text(attributes: Any, key: str) -> str | None:
    value = attributes.get(key) if isinstance(attributes, dict) else None
    return value if isinstance(value, str) else None
