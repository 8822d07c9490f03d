"""Folders of Terraform configuration made for tests, and proposals to them."""

from pathlib import Path
from typing import Any

from analysis.verdicts.recommendation import Recommendation
from diag.changes.plans.plan import PlanOptions
from diag.terraform.proposing.proposal import Proposal
from diag.terraform.proposing.propose import propose
from diag.terraform.proposing.roots_and_state import ConfigurationFolder
from diag.terraform.resource_type import RESOURCE_TYPE
from tests.support.changes.recommendations import analysis_of, recommendation

CUSTOMER = 'resource "ACTION" "customer" {\n  name = "Get Customer"\n  config_timeout_seconds = %s\n}\n'
"""An action with this timeout."""


def written(folder: Path, files: dict[str, str]) -> Path:
    """Write the files of a configuration; `ACTION` stands for the kind of resource."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("ACTION", RESOURCE_TYPE), encoding="utf-8", newline="")
    return folder


def raised(name: str, **values: Any) -> Recommendation:
    """A timeout of 5 s that is to be 10 s, of the action with this name; its id is `id-NAME`."""
    return recommendation(action_id=f"id-{name}", action_name=name, **values)


def proposed(
    folder: Path,
    *items: Recommendation,
    root: Path | None = None,
    state: Path | None = None,
    options: PlanOptions | None = None,
) -> Proposal:
    """What is proposed to the folder for these verdicts."""
    return propose(analysis_of(*items), ConfigurationFolder(folder, root, state), options or PlanOptions())


def changed_lines(proposal: Proposal) -> list[str]:
    """Each line that is new, as `main.tf: text`, white space around it left out."""
    found = []
    for file in proposal.files:
        before, after = file.before.split("\n"), file.after.split("\n")
        found += [f"{file.shown}: {line.strip()}" for line in after if after.count(line) > before.count(line)]
    return list(dict.fromkeys(found))


def refusals(proposal: Proposal) -> dict[str, str]:
    """Of each action that was refused: where, and why."""
    return {one.action_name: f"{one.where}: {one.reason}" for one in proposal.refused}
