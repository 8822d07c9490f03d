"""Values of a root module's variables from files: those Terraform reads by itself, and those it is given.

(Terraform, "Input Variables", "Variable Definition Precedence")
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from diag.terraform.configuration.config_file import read_config_file
from diag.terraform.configuration.module import real_file
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.syntax.body import Argument


@dataclass(frozen=True, eq=False)
class GivenValues:
    """By the variable's name: the value that is read by itself, and those in files for `-var-file`."""

    by_itself: Mapping[str, Argument]
    if_named: Mapping[str, Argument]


def given_values(folder: Path, boundary: Path) -> GivenValues:
    """Return the values for the root module in a folder. Raises Uncertain for a file that cannot be read."""
    by_itself: dict[str, Argument] = {}
    if_named: dict[str, Argument] = {}
    for path in _value_files(folder):
        shown = path.relative_to(boundary).as_posix()
        file = read_config_file(real_file(path, boundary, shown), shown)
        values = by_itself if path.parent == folder and _rank(path.name) is not None else if_named
        for argument in file.body.arguments():
            if len(file.body.all_named(argument.name)) > 1:
                raise Uncertain(argument.where, f"{argument.name} is there twice")
            values[argument.name] = argument
    return GivenValues(by_itself, if_named)


def _value_files(folder: Path) -> list[Path]:
    """The files below a folder, those that count last at the end."""
    found = list[Path]()
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += (Path(here) / name for name in names if name.endswith((".tfvars", ".tfvars.json")))
    return sorted(found, key=lambda path: (_rank(path.name) or (0, ""), path.as_posix()))


def _rank(name: str) -> tuple[int, str] | None:
    """When Terraform reads a file of this name by itself: the later, the more it counts. None: never."""
    if name in ("terraform.tfvars", "terraform.tfvars.json"):
        return 1, name
    return (2, name) if name.endswith((".auto.tfvars", ".auto.tfvars.json")) else None
