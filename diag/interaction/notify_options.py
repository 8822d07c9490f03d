"""`--notify` and `--metrics`: where `check`, `watch` and `tune` report beside the terminal."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from diag.completion.candidates import webhook_variables
from diag.interaction.output import NamedPath

if TYPE_CHECKING:
    from diag.console import Console
    from diag.notifying.notifier import Notifier
    from diag.settings import Settings

Result = TypeVar("Result")


def notify_options(function: Callable[..., Result]) -> Callable[..., Result]:
    """Add the two flags, `notify` and `metrics_file`."""
    for option in (
        click.option(
            "--metrics",
            "metrics_file",
            type=NamedPath(dir_okay=False),
            help="Write what was found here, for Prometheus (OpenMetrics; replaced each time).",
        ),
        click.option(
            "--notify",
            multiple=True,
            metavar="WEBHOOK",
            help="Notify this webhook (Slack, Teams, JSON) once when something changes; env:NAME: its "
            "address is in that variable; repeatable.",
            shell_complete=webhook_variables,
        ),
    ):
        function = option(function)
    return function


def notifier_of(
    verb: str, typed: Sequence[str], settings: "Settings", console: "Console", *, who: str
) -> "Notifier":
    """Return the notifier of the webhooks that were asked for. Raises UsageError, showing no address."""
    from diag.notifying.chosen_webhooks import chosen_webhooks
    from diag.notifying.notifier import Notifier
    from diag.notifying.where_to_read import runs_folder

    webhooks = chosen_webhooks(typed, settings)
    runs = runs_folder(settings.runs, settings.runs_url, settings.origins.get("runs_url", "?"))
    return Notifier(verb, webhooks, runs, console.warn, who, attended=console.interactive)
