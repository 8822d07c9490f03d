"""The flags by which `diag recommend` makes a plan of its verdicts, and carries it out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import click

from diag.apply_dialog.apply_options import ApplyFlags
from diag.interaction.option_values import gathered
from diag.interaction.output import NamedPath
from diag.interaction.shared_options import only_option, skip_option

if TYPE_CHECKING:
    from diag.changes.plans.plan import PlanOptions

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """Whether the verdicts become a plan, which of them, and how it is carried out."""

    do_apply: bool
    plan_file: Path | None
    yes: bool
    dry_run: bool
    force: bool
    only: tuple[str, ...]
    skip: tuple[str, ...]
    max_changes: int | None
    no_verify: bool
    allow_side_effects: bool
    on_error: Literal["stop", "continue"]

    @property
    def wanted(self) -> bool:
        """Return whether a plan is made at all."""
        return self.do_apply or self.plan_file is not None

    @property
    def flags_of_an_apply(self) -> tuple[str, ...]:
        """Return the flags given that change the org, or are about how that is done."""
        plan = {"--apply": self.do_apply, "--out": self.plan_file}
        given = tuple(flag for flag, value in plan.items() if value)
        return (*given, *(flag for flag in self.flags_of_a_plan if flag not in ("--force", "--max-changes")))

    @property
    def flags_of_a_plan(self) -> tuple[str, ...]:
        """Return the flags given that only make sense with a plan."""
        given = {
            "--yes": self.yes,
            "--dry-run": self.dry_run,
            "--force": self.force,
            "--max-changes": self.max_changes,
            "--no-verify": self.no_verify,
            "--allow-side-effects": self.allow_side_effects,
        }
        return tuple(flag for flag, value in given.items() if value)

    @property
    def plan_options(self) -> "PlanOptions":
        """Return which of the verdicts go into a plan."""
        from diag.changes.plans.plan import PlanOptions

        return PlanOptions(self.force, self.only, self.skip, self.max_changes)

    @property
    def apply_flags(self) -> ApplyFlags:
        """Return how the plan is carried out."""
        return ApplyFlags(
            yes=self.yes,
            dry_run=self.dry_run,
            verify=not self.no_verify,
            allow_side_effects=self.allow_side_effects,
            on_error=self.on_error,
        )


def change_options(function: Callable[..., Result]) -> Callable[..., Result]:
    """Add the flags; the command receives `change: ChangeOptions`."""
    options: tuple[Callable[[Callable[..., Result]], Callable[..., Result]], ...] = (
        click.option("--apply", "do_apply", is_flag=True, help="Show the plan, ask, and set the timeouts."),
        click.option("--yes", is_flag=True, help="With --apply: do not ask (needed without a terminal)."),
        click.option(
            "--dry-run", is_flag=True, help="With --apply: read and check everything, change nothing."
        ),
        click.option(
            "--force",
            is_flag=True,
            help="With --apply, --out or --edit: also set what a guard holds back, such as a lower timeout "
            "from a short run.",
        ),
        only_option,
        skip_option,
        click.option(
            "--max-changes",
            type=click.IntRange(1),
            help="Change at most this many actions and list the rest.",
        ),
        click.option("--no-verify", is_flag=True, help="With --apply: make no test call around each change."),
        click.option(
            "--allow-side-effects",
            is_flag=True,
            help="With --apply: let the test call run actions that are not GET.",
        ),
        click.option(
            "--on-error",
            type=click.Choice(["stop", "continue"]),
            default="stop",
            show_default=True,
            help="With --apply, after a change that fails: leave the rest, or go on.",
        ),
        click.option("--out", "plan_file", type=NamedPath(), help="Save the plan for `diag apply`."),
    )
    function = gathered(ChangeOptions, "change")(function)
    for option in reversed(options):
        function = option(function)
    return function
