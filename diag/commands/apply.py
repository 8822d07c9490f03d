"""`diag apply`: carries out a saved plan, exactly."""

from dataclasses import replace
from pathlib import Path

import click

from diag.apply_dialog.apply_options import ApplyFlags, apply_options
from diag.apply_dialog.stage_options import read_stages, stage_options
from diag.interaction.help_examples import examples


@click.command(
    epilog=examples(
        "diag recommend --out plan.json",
        "diag apply plan.json --dry-run",
        "diag apply plan.json",
        "diag apply plan.json --stage 10%",
    )
)
@click.argument("plan_file", type=click.Path(path_type=Path), metavar="PLAN")
@stage_options
@apply_options
def command(
    plan_file: Path, profile: str | None, flags: ApplyFlags, stage: str | None, watch_for: str | None
) -> None:
    """Apply PLAN, saved by `diag recommend --out`.

    An action that changed since the plan was made is refused, and the message names the field and both
    values. After an interruption run the same command again: it finishes what was begun and repeats nothing.
    With --stage production is watched after each part, as by `diag watch`; what breaks a promise ends it, and
    what production called too little to judge (exit 8): the same command goes on.
    """
    from diag.apply_dialog.apply_flow import carry_out
    from diag.changes.plans.plan_file import read_plan
    from diag.console import Console
    from diag.settings import load_settings
    from diag.target import find_target

    flags = replace(flags, stages=read_stages(stage, watch_for))
    plan = read_plan(plan_file)
    settings = load_settings({"profile": profile})
    carry_out(Console(), find_target(settings), settings, plan, flags)
