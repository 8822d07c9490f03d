"""`diag apply`: carries out a saved plan, exactly."""

from pathlib import Path
from typing import Any

import click

from diag.interaction.apply_options import apply_options


@click.command(
    short_help="Carry out a saved plan, exactly.",
    epilog="\b\nExamples:\n"
    "  diag recommend --out plan.json\n"
    "  diag apply plan.json --dry-run\n"
    "  diag apply plan.json\n",
)
@click.argument("plan_file", type=click.Path(path_type=Path), metavar="PLAN")
@apply_options
def command(plan_file: Path, profile: str | None, **values: Any) -> None:
    """Apply PLAN, saved by `diag recommend --out`.

    An action that is no longer what the plan saw is refused, naming the field and both values. After an
    interruption, run it again: what was begun is finished, what is done is not repeated.
    """
    from diag.changes.plans.plan_file import read_plan
    from diag.console import Console
    from diag.interaction.apply_flow import carry_out
    from diag.settings import load_settings
    from diag.target import find_target

    plan = read_plan(plan_file)
    settings = load_settings({"profile": profile})
    carry_out(Console(), find_target(settings), settings, plan, **values)
