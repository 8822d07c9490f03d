"""`--stage 10% --watch-for 4h`: a plan carried out a part at a time, each part watched before the next."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import click

from diag.errors import UsageError

Result = TypeVar("Result")

USUAL_WATCH: Final = "4h"
SHORTEST_WATCH_S: Final = 4 * 3600.0
"""Production is counted by whole hours and read an hour late: the first two full hours after a change can be
read four hours after it at the latest. One hour alone never breaks a promise, even if it cuts off everything
(`analysis.production.promise_watch.MOST_AN_HOUR`)."""
LONGEST_WATCH_S: Final = 7 * 86_400.0
_PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%")


@dataclass(frozen=True, slots=True)
class Stages:
    """`share` of the changes at a time (0 to 1), each stage watched for `watch_for_s` seconds."""

    share: float
    watch_for_s: float

    def size(self, changes: int) -> int:
        """Return how many of so many changes a stage has: at least one."""
        return max(1, math.floor(self.share * changes + 1e-9))

    @property
    def flags(self) -> str:
        """Return the flags that ask for the same stages."""
        return f"--stage {100 * self.share:g}% --watch-for {round(self.watch_for_s / 60)}m"


@dataclass(frozen=True, slots=True)
class StagedPlan:
    """So many changes in stages; `again` is the command that goes on after a stop.

    `org`: the flags that lead to the org (`analysis.typed_command.Asked.org`).
    """

    stages: Stages
    changes: int
    again: str
    org: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Return how many changes a stage has."""
        return self.stages.size(self.changes)


def read_stages(stage: str | None, watch_for: str | None) -> Stages | None:
    """Return the stages that the two flags ask for, None for all at once. Raises UsageError."""
    from diag.toml_forms.durations import seconds

    if stage is None:
        if watch_for is not None:
            raise UsageError("--watch-for goes with --stage.", hint="For example: --stage 10%")
        return None
    match = _PERCENT.fullmatch(stage.strip())
    share = float(match[1]) / 100.0 if match is not None else 0.0
    if not 0.0 < share <= 1.0:
        raise UsageError(f"Invalid --stage {stage!r}.", hint="Use a share of the changes: --stage 10%")
    text = USUAL_WATCH if watch_for is None else watch_for
    watch_for_s = seconds(text)
    if watch_for_s is None or not SHORTEST_WATCH_S <= watch_for_s <= LONGEST_WATCH_S:
        raise UsageError(
            f"Invalid --watch-for {text!r}.",
            hint="Use 4h to 168h: a stage is judged by two full hours at least, which are read an hour late.",
        )
    return Stages(share, watch_for_s)


def stage_options(function: Callable[..., Result]) -> Callable[..., Result]:
    """Add the two flags, `stage` and `watch_for`: `read_stages` makes a value of them."""
    for option in (
        click.option(
            "--watch-for",
            metavar="TIME",
            help="Watch production so long after each stage, at least 4h.  [default: 4h]",
        ),
        click.option(
            "--stage", metavar="SHARE", help="Set a share of the changes at a time, e.g. 10%, and watch."
        ),
    ):
        function = option(function)
    return function
