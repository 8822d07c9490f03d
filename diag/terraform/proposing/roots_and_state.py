"""A folder of configuration, read as a whole: its actions, the places that own their timeouts, who is who."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.verdicts.recommendation import Analysis
from diag.changes.change_errors import TerraformFileError
from diag.terraform.configuration.module import Module
from diag.terraform.configuration.project import Project
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.ownership.follow import Follower
from diag.terraform.ownership.instances import find_instances
from diag.terraform.ownership.owners import Owners
from diag.terraform.proposing.resource_of_action import Matcher, addresses_of
from diag.terraform.state_or_export import TerraformResource, read_resources

_STATE: Final = "terraform.tfstate"
_HINT: Final = "Give the folder in which you run terraform: --edit DIR"


@dataclass(frozen=True, slots=True)
class ConfigurationFolder:
    """Where the configuration is. `root`: the folder Terraform runs in, None where it is to be found;
    `state`: a state or an export to match resources by, None for the one beside the root, if one is there."""

    folder: Path
    root: Path | None = None
    state: Path | None = None


@dataclass(frozen=True, slots=True)
class ReadConfiguration:
    """`matched_by`: how resources are matched to actions, a sentence without its full stop."""

    owners: Owners
    matcher: Matcher
    matched_by: str


def read_configuration(analysis: Analysis, where: ConfigurationFolder) -> ReadConfiguration:
    """Return a folder's configuration. Raises TerraformFileError where there is none that can be read."""
    boundary = _folder(where.folder)
    project = Project(boundary)
    roots = _roots(project, where)
    resources, matched_by = _resources(roots, where)
    follower = Follower(project)
    known = None if resources is None else addresses_of(resources)
    instances = find_instances(project, follower, roots, known or ())
    return ReadConfiguration(
        Owners.of(instances, follower),
        Matcher(analysis, instances, follower, known),
        matched_by,
    )


def _roots(project: Project, where: ConfigurationFolder) -> tuple[Module, ...]:
    """The root modules: the one named, the folder itself, else each below it that no other one calls."""
    try:
        if where.root is not None:
            root = _folder(where.root, _hint_of_root(where.folder, where.root))
            if not root.is_relative_to(project.boundary):
                raise TerraformFileError(
                    f"{where.root} does not lie in {where.folder}.",
                    hint="--edit names the folder that may be edited, --terraform-root a folder in it.",
                )
            roots: tuple[Module, ...] = (project.module(root),)
        elif project.boundary in project.folders():
            roots = (project.module(project.boundary),)
        else:
            found = project.uncalled().values()
            roots = tuple(one for one in found if isinstance(one, Module))
            unread = [one for one in found if isinstance(one, Uncertain)]
            if unread:
                raise unread[0]
    except Uncertain as error:
        place = "" if error.where is None else f"{error.where}: "
        raise TerraformFileError(f"{place}{error.why}.", hint=_HINT) from None
    if not any(module.files for module in roots):
        raise TerraformFileError(f"{where.folder} holds no Terraform configuration.", hint=_HINT)
    return roots


def _resources(
    roots: Sequence[Module], where: ConfigurationFolder
) -> tuple[tuple[TerraformResource, ...] | None, str]:
    if where.state is not None:
        return read_resources(where.state), f"Resources were matched by {where.state.name}"
    beside = [root.folder / _STATE for root in roots if _holds_something(root.folder / _STATE)]
    if len(beside) == len(roots) == 1:
        return read_resources(beside[0]), f"Resources were matched by the {_STATE} beside them"
    if beside:
        return None, (
            f"Resources were matched by the names of their actions: terraform is run in {len(roots)} folders "
            f"below {where.folder}, and a {_STATE} is read where one is named (--terraform-root DIR)"
        )
    return None, (
        "Resources were matched by the names of their actions, as no state was given "
        "(--terraform-state FILE; terraform state pull > state.json)"
    )


def _holds_something(state: Path) -> bool:
    """Whether it is a state: one that moved to a backend leaves an empty file."""
    return state.is_file() and state.stat().st_size > 0


def _hint_of_root(folder: Path, root: Path) -> str:
    """Both paths begin where diag is run; a root that was meant from the folder is told so."""
    meant = folder / root
    if not root.is_absolute() and meant.is_dir():
        return f"Its path begins where you are, like that of --edit: --terraform-root {meant}"
    return "Give a folder in that of --edit: the one in which you run terraform."


def _folder(path: Path, hint: str = _HINT) -> Path:
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise TerraformFileError(f"{path} does not exist.", hint=hint) from None
    if not real.is_dir():
        raise TerraformFileError(f"{path} is not a folder.", hint=hint)
    return real
