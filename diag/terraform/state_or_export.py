"""The resources of actions in one file: a state, what `terraform show -json` prints, or an export.

Four forms are known by their content: a state file (version 4), the output of `terraform show -json`,
the JSON export of the Genesys provider (`*.tf.json`) and `*.tf` text. The first two carry the action's id;
the last two only its name.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analysis.format.input_file import InputFile
from diag.changes.change_errors import TerraformFileError
from diag.terraform.resource_type import RESOURCE_TYPE
from diag.terraform.syntax.expressions import PlainText
from diag.terraform.syntax.hcl_body import read_hcl
from diag.terraform.syntax.source import SourceText
from diag.terraform.syntax.trouble import SyntaxTrouble


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
        return tuple(_from_hcl(path, file.text()))
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
            if instance.get("deposed"):
                continue  # an object that was replaced, still to be destroyed
            key = instance.get("index_key")
            address = base if key is None else f"{base}[{json.dumps(key)}]"
            attributes = instance.get("attributes") or {}
            yield TerraformResource(address, _text(attributes, "id"), _text(attributes, "name"))


def _from_module(module: dict[str, Any]) -> Iterator[TerraformResource]:
    for resource in module.get("resources", ()):
        mode = resource.get("mode", "managed")
        if mode == "managed" and resource.get("type") == RESOURCE_TYPE and not resource.get("deposed_key"):
            values = resource.get("values") or {}
            yield TerraformResource(_needed(resource, "address"), _text(values, "id"), _text(values, "name"))
    for child in module.get("child_modules", ()):
        yield from _from_module(child)


def _from_hcl(path: Path, text: str) -> Iterator[TerraformResource]:
    source = SourceText(path, str(path), text)
    try:
        body, _ = read_hcl(source)
    except SyntaxTrouble as error:
        raise TerraformFileError(
            f"{source.where(error.offset)} cannot be read: {error}.", hint=_HINT
        ) from None
    for block in body.blocks("resource", 2):
        kind, label = block.labels
        if kind == RESOURCE_TYPE:
            names = [one.expression for one in block.body.all_named("name")]
            written = [name.value for name in names if isinstance(name, PlainText)]
            yield TerraformResource(f"{RESOURCE_TYPE}.{label}", None, written[0] if written else None)


def _needed(resource: Any, key: str) -> str:
    value = resource[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def _text(attributes: Any, key: str) -> str | None:
    value = attributes.get(key) if isinstance(attributes, dict) else None
    return value if isinstance(value, str) else None
