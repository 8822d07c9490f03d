"""The flags of `diag measure` for calls that go to backends themselves, as one value."""

from collections.abc import Callable
from typing import Final

import click

from diag.direct.direct_load import AUTHS
from diag.interaction.option_values import Result, gathered
from diag.interaction.output import NamedPath
from diag.measuring.asked_of_direct_calls import DirectOptions

_FLAGS: Final = (
    click.option(
        "--direct", is_flag=True, help="Call the actions' backends themselves, without Genesys Cloud."
    ),
    click.option(
        "--both",
        is_flag=True,
        help="Call each action through Genesys Cloud and its backend itself, in the same minutes.",
    ),
    click.option(
        "--auth",
        type=click.Choice(AUTHS),
        help="Authorization header of direct calls where no template sets one, made of your credentials.",
    ),
    click.option(
        "--confirm-host",
        "confirm_hosts",
        multiple=True,
        metavar="HOST=RATE",
        help="Let direct calls go to this host, at most so many a second; repeatable.",
    ),
    click.option(
        "--timeout",
        "timeout_s",
        type=click.FloatRange(min=1, max=60),
        metavar="SECONDS",
        help="How long a direct call may take in all.  [default: the action's own timeout]",
    ),
    click.option(
        "--allow-private", is_flag=True, help="Let direct calls go to addresses of private networks, too."
    ),
    click.option(
        "--audit/--no-audit",
        default=None,
        help="One line for each direct call in the run folder, without values.  [default: up to 50 calls/s]",
    ),
    click.option("--metrics", type=NamedPath(), help="File for metrics of direct calls (OpenMetrics)."),
    click.option(
        "--compare",
        is_flag=True,
        help="With --dry-run: make one test call of each direct action, and hold its request against ours.",
    ),
)


def direct_options(function: Callable[..., Result]) -> Callable[..., Result]:
    """Give a command the flags; it receives them as `direct`."""
    decorated = gathered(DirectOptions, "direct")(function)
    for option in reversed(_FLAGS):
        decorated = option(decorated)
    return decorated
