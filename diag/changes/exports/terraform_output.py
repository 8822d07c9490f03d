"""A recommendation for people whose actions belong to Terraform: lines for their configuration, no patch.

`config_timeout_seconds` of `genesyscloud_integration_action` is updated in place
(docs/genesys-api.md, "Other tools").
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.plain_text import printable
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from analysis.verdicts.sentences.why_not_set import objection_to
from diag.changes.exports.timeout_text import timeout_in_force
from diag.terraform.resource_type import RESOURCE_TYPE
from diag.terraform.state_or_export import TerraformResource, read_resources

_DRIFT: Final = (
    "# These timeouts belong to Terraform: put the lines into your configuration, then terraform apply.\n"
    "# A patch (diag recommend --apply, diag set) would be drift: the next terraform apply takes it back.\n"
)
_GUESSED: Final = (
    "# The resource names are guessed from the action names. To match them: --terraform-state FILE\n"
)


@dataclass(frozen=True, slots=True)
class KnownResources:
    """What a state, the output of `terraform show -json` or an export holds, and the name of that file."""

    file: str
    resources: tuple[TerraformResource, ...]


def read_known_resources(path: Path) -> KnownResources:
    """Return what a file holds. Raises TerraformFileError when it is none of these."""
    return KnownResources(path.name, read_resources(path))


def terraform_lines(analysis: Analysis, known: KnownResources | None) -> str:
    """Return HCL for every timeout to raise or lower; all else is a comment.

    Without `known` the resource names are guessed.
    """
    resources = known.resources if known is not None else None
    labels = _labels(analysis.actions)
    namesakes = Counter(item.action_name for item in analysis.actions)
    parts = [_DRIFT + (_GUESSED if resources is None else "")]
    unmatched: list[Recommendation] = []
    for item in analysis.actions:
        after_timeout_s = item.recommended_timeout_s
        if item.verdict not in (Verdict.RAISE, Verdict.LOWER) or after_timeout_s is None:
            continue
        objection = objection_to(item)
        if objection:
            parts.append(
                f"# {printable(item.action_name)}: {timeout_in_force(item)} -> {after_timeout_s} held back, "
                f"{printable(objection)}\n"
            )
            continue
        if resources is None:
            parts.append(_block(item, after_timeout_s, f"{RESOURCE_TYPE}.{labels[item.action_id]}"))
            continue
        found = _match(item, resources)
        if not found.addresses:
            unmatched.append(item)
        elif found.sure or len(found.addresses) == namesakes[item.action_name] == 1:
            parts += [_block(item, after_timeout_s, address) for address in found.addresses]
        else:
            parts.append(_ambiguous(item, after_timeout_s, found.addresses))
    if unmatched and known is not None:
        parts.append(_not_there(unmatched, known.file))
    if len(parts) == 1:
        parts.append("# Nothing to change.\n")
    return "\n".join(parts)


def _not_there(items: Sequence[Recommendation], file: str) -> str:
    lines = [f"# Not in {printable(file)}, so probably not managed by Terraform:"]
    lines += [f"#   {printable(item.action_name)} ({printable(item.action_id)})" for item in items]
    lines.append("# To set these: diag recommend --apply --only NAME")
    return "\n".join(lines) + "\n"


def _ambiguous(item: Recommendation, after_timeout_s: int, addresses: Sequence[str]) -> str:
    """Several actions or resources have this name: lines for one could be meant for another."""
    return (
        f"{_head(item)}# {timeout_in_force(item)} -> {after_timeout_s} "
        "for one of these, which one only an id tells\n"
        "# (give --terraform-state a state, which holds ids: terraform state pull > state.json):\n"
        + "".join(f"#   {printable(address)}\n" for address in addresses)
    )


@dataclass(frozen=True, slots=True)
class _Match:
    """The resources of an action, each once. `sure`: it is its id that they hold."""

    addresses: tuple[str, ...]
    sure: bool


def _match(item: Recommendation, resources: Sequence[TerraformResource]) -> _Match:
    """The id decides; a name only where the file holds no ids."""
    by_id = [resource.address for resource in resources if resource.action_id == item.action_id]
    by_name = [
        resource.address
        for resource in resources
        if resource.action_id is None and resource.action_name == item.action_name
    ]
    return _Match(tuple(dict.fromkeys(by_id or by_name)), sure=bool(by_id))


def _block(item: Recommendation, after_timeout_s: int, address: str) -> str:
    head = _head(item)
    line = f"config_timeout_seconds = {after_timeout_s} # was {timeout_in_force(item)}\n"
    simple = re.fullmatch(re.escape(RESOURCE_TYPE) + r"\.([\w-]+)", address)
    if simple is None:  # in a module, or one of many: the block is somewhere we cannot see
        return f"{head}# {printable(address)}\n  {line}"
    return f'{head}resource "{RESOURCE_TYPE}" "{simple[1]}" {{\n  {line}}}\n'


def _head(item: Recommendation) -> str:
    return f"# {printable(item.action_name)} ({printable(item.action_id)})\n# {printable(item.reason)}\n"


def _labels(actions: Sequence[Recommendation]) -> dict[str, str]:
    """Return a label for each action id that no other has.

    Names that differ only in what a label cannot hold get a digest of their action's id, all of them: the
    order of the actions then does not matter. So does a name that ends like such a digest.
    """
    plain = {item.action_id: _label(item.action_name) for item in actions}
    uses = Counter(plain.values())
    return {
        action_id: f"{label}_{hashlib.sha256(action_id.encode('utf-8', 'replace')).hexdigest()[:8]}"
        if uses[label] > 1 or re.search(r"_[0-9a-f]{8}\Z", label)
        else label
        for action_id, label in plain.items()
    }


def _label(name: str) -> str:
    """A resource label as the provider's export makes it: what is no letter, digit, - or _ becomes _."""
    label = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    return label if re.match(r"[A-Za-z_]", label) else f"_{label}"
