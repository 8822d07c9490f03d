"""The flags of every verb that changes timeouts: one name and one meaning each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import click

from diag.apply_dialog.stage_options import Stages
from diag.interaction.option_values import gathered
from diag.interaction.shared_options import profile_option

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ApplyFlags:
    """How a plan is carried out."""

    yes: bool = False
    """Approved beforehand: do not ask."""
    dry_run: bool = False
    """All reads and checks, no change."""
    verify: bool = True
    """A test call around each change."""
    allow_side_effects: bool = False
    """The test call may run actions that are not GET."""
    on_error: Literal["stop", "continue"] = "stop"
    """After a change that could not be applied."""
    stages: Stages | None = None
    """A part of the changes at a time; None for all of them."""


def apply_options(function: Callable[..., Result]) -> Callable[..., Result]:
    """Add the flags; the command receives `flags: ApplyFlags` and `profile`."""
    options: tuple[Callable[[Callable[..., Any]], Callable[..., Any]], ...] = (
        click.option("--yes", is_flag=True, help="Do not ask (needed without a terminal)."),
        click.option("--dry-run", is_flag=True, help="Read and check everything, change nothing."),
        click.option("--verify/--no-verify", default=True, help="Make a test call around each change."),
        click.option(
            "--allow-side-effects", is_flag=True, help="Let the test call run actions that are not GET."
        ),
        click.option(
            "--on-error",
            type=click.Choice(["stop", "continue"]),
            default="stop",
            show_default=True,
            help="After a change that fails: leave the rest, or go on.",
        ),
        profile_option,
    )
    function = gathered(ApplyFlags, "flags")(function)
    for option in reversed(options):
        function = option(function)
    return function
