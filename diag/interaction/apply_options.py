"""The flags of every verb that changes timeouts: one name and one meaning each."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])


def apply_options(function: Function) -> Function:
    """Add the flags; the command receives `yes, dry_run, verify, allow_side_effects, on_error, profile`."""
    options = (
        click.option("--yes", is_flag=True, help="Do not ask (needed without a terminal)."),
        click.option("--dry-run", is_flag=True, help="All reads and checks, no change."),
        click.option("--verify/--no-verify", default=True, help="A test call around each change."),
        click.option(
            "--allow-side-effects", is_flag=True, help="Let the test call run actions that are not GET."
        ),
        click.option(
            "--on-error",
            type=click.Choice(["stop", "continue"]),
            default="stop",
            show_default=True,
            help="After a change that could not be applied: leave the rest, or go on.",
        ),
        click.option("--profile", help="Credentials profile."),
    )
    for option in reversed(options):
        function = option(function)
    return function
