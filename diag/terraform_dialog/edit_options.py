"""The flags of `diag recommend` about the configuration that owns the actions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click

from diag.errors import UsageError
from diag.interaction.output import NamedPath

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class EditOptions:
    """What is edited, by what it is matched, and what becomes of the edit."""

    terraform_state: Path | None
    edit: Path | None
    terraform_root: Path | None
    patch: Path | None
    check: bool
    commit: str | None
    production: Path | None

    @property
    def without_edit(self) -> tuple[str, ...]:
        """Return the flags given that only make sense with --edit."""
        given = {
            "--terraform-root": self.terraform_root,
            "--patch": self.patch,
            "--check": self.check,
            "--commit": self.commit is not None,
            "--production": self.production,
        }
        return tuple(flag for flag, value in given.items() if value and self.edit is None)

    @property
    def instead_of_editing(self) -> tuple[str, ...]:
        """Return the flags given of which there may be one."""
        given = {"--patch": self.patch, "--check": self.check, "--commit": self.commit is not None}
        return tuple(flag for flag, value in given.items() if value)


def edit_options(function: Callable[..., Result]) -> Callable[..., Result]:
    """Add the flags; each reaches the command by its own name."""
    options: tuple[Callable[[Callable[..., Result]], Callable[..., Result]], ...] = (
        click.option(
            "--terraform-state",
            type=click.Path(path_type=Path),
            help="With --format terraform: state or export that holds the resources.",
        ),
        click.option(
            "--edit",
            type=NamedPath(),
            metavar="DIR",
            help="With --format terraform: set config_timeout_seconds in the files of this folder, and print "
            "the diff.",
        ),
        click.option(
            "--terraform-root",
            type=click.Path(path_type=Path),
            metavar="DIR",
            help="With --edit: the folder in it in which terraform is run, where that is another one.",
        ),
        click.option("--patch", type=NamedPath(), help="With --edit: write a patch for git, edit nothing."),
        click.option(
            "--check", is_flag=True, help="With --edit: edit nothing; exit 4 if something would be."
        ),
        click.option(
            "--commit",
            metavar="MESSAGE",
            help="With --edit: commit the edited files on a new branch. Nothing is pushed.",
        ),
        click.option(
            "--production",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="With --edit: the numbers that production settles, from a file saved by `diag observe -o "
            "production.json`: of actions that the runs named did not measure; of all where no run is named.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def demand_flags_that_agree(options: EditOptions, form: str, others: Sequence[str]) -> None:
    """Raise UsageError for flags that ask for two things; `others`: those of an apply, and the like."""
    if options.without_edit:
        raise UsageError(f"Only with --edit: {', '.join(options.without_edit)}.", hint="Add --edit DIR.")
    if options.edit is None:
        return
    if form != "terraform":
        raise UsageError("--edit is about Terraform.", hint="Add --format terraform.")
    if len(options.instead_of_editing) > 1:
        raise UsageError(
            f"{' and '.join(options.instead_of_editing)} ask for different things.", hint="Give one of them."
        )
    if others:
        raise UsageError(
            f"--edit and {', '.join(others)} do not go together: one of them is to change a timeout.",
            hint="Where Terraform owns the actions, use --edit, and --check in CI.",
        )
    if options.commit is not None and not options.commit.strip():
        raise UsageError("--commit needs a message.", hint='Like: --commit "Raise timeouts"')
