"""Single flags that several verbs take, with one name and one help text each."""

from pathlib import Path
from typing import Final

import click

from analysis.recommend_settings import SAME_WITHIN_S
from analysis.typed_command import USUAL_WORKLOAD
from diag.completion.candidates import action_names

USUAL_DAYS: Final = 7
"""Of production, where no other number is asked for."""


def usual_workload(given: Path | None) -> Path | None:
    """Return the workload given, else the one in this folder, else None."""
    return USUAL_WORKLOAD if given is None and USUAL_WORKLOAD.is_file() else given


action_option = click.option(
    "--action",
    "actions",
    multiple=True,
    metavar="NAME|ID",
    help="Only this action; repeatable.",
    shell_complete=action_names,
)
where_option = click.option(
    "--where",
    "expressions",
    multiple=True,
    metavar="EXPR",
    help="Only actions for which this holds, e.g. 'timeout<=3'; repeatable.",
)
profile_option = click.option("--profile", help="Take the credentials from this profile.")
otel_option = click.option(
    "--otel",
    is_flag=True,
    help="Export to OpenTelemetry, as Locust's own --otel does; OTEL_... variables say where to.",
)
actions_file_option = click.option(
    "--actions",
    "actions_file",
    type=click.Path(path_type=Path),
    help="JSON file with action details, for samples that do not carry them.",
)
only_option = click.option(
    "--only",
    multiple=True,
    metavar="ACTION",
    help="Only this action (name, id or *); repeatable.",
    shell_complete=action_names,
)
skip_option = click.option(
    "--skip",
    multiple=True,
    metavar="ACTION",
    help="Not this action (name, id or *); repeatable.",
    shell_complete=action_names,
)
same_within_option = click.option(
    "--same-within",
    "same_within_s",
    type=click.FloatRange(0),
    default=SAME_WITHIN_S,
    show_default=True,
    metavar="SECONDS",
    help="A difference of two p99 certainly smaller than this is the same for a timeout.",
)
