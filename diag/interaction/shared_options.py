"""Single flags that several verbs take, with one name and one help text each."""

from pathlib import Path

import click

from analysis.settings import SAME_WITHIN_S

profile_option = click.option("--profile", help="Take the credentials from this profile.")
actions_file_option = click.option(
    "--actions",
    "actions_file",
    type=click.Path(path_type=Path),
    help="JSON file with action details, for samples that do not carry them.",
)
only_option = click.option(
    "--only", multiple=True, metavar="ACTION", help="Only this action (name, id or *); repeatable."
)
skip_option = click.option(
    "--skip", multiple=True, metavar="ACTION", help="Not this action (name, id or *); repeatable."
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
