"""The one place that sets an action's timeout."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.format.timeout_limits import DEFAULT_TIMEOUT_S, PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S
from diag.terraform.configuration.module_call import Instance
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.ownership.follow import Follower
from diag.terraform.ownership.followed import Absent, FoundValue, Inside, KeyItself, Passed
from diag.terraform.resource_type import TIMEOUT
from diag.terraform.syntax.body import ConfigBlock
from diag.terraform.syntax.expressions import Elements, Expression, Null, Number, PlainText, ValueReference
from diag.terraform.syntax.source import SourceText, Where

_SECONDS: Final = range(PLATFORM_MIN_TIMEOUT_S, PLATFORM_MAX_TIMEOUT_S + 1)


@dataclass(frozen=True, slots=True)
class TimeoutPlace:
    """`source.text[start:end]` is the timeout as it is written, or `null`; with `insert_in` there is none,
    and that block gets a line."""

    source: SourceText
    start: int
    end: int
    written_s: int | None
    """Seconds; None: nothing, or `null`, so that the platform's default holds."""
    insert_in: ConfigBlock | None = None

    @property
    def where(self) -> Where:
        """Return the file and the line."""
        return self.source.where(self.start)

    @property
    def in_force_s(self) -> int:
        """Return the timeout that it comes to, in seconds."""
        return self.written_s or DEFAULT_TIMEOUT_S

    @property
    def key(self) -> tuple[Path, int, int]:
        """Return what tells it from any other place."""
        return self.source.path, self.start, self.end


@dataclass(frozen=True, slots=True)
class Owned:
    """A place, and the way there from the action's block."""

    place: TimeoutPlace
    way: tuple[Passed, ...] = ()
    from_variable: bool = False


def place_of(instance: Instance, follower: Follower) -> Owned:
    """Return the place that sets an action's timeout. Raises Uncertain."""
    block = instance.block
    _demand_no_ignored_changes(instance)
    argument = block.argument(TIMEOUT)
    if argument is None:
        own = block.own
        return Owned(TimeoutPlace(own.body.source, own.start, own.end, None, insert_in=own))
    found = follower.follow(argument.expression, Inside(instance.scope, block, instance.key))
    if isinstance(found, KeyItself):
        raise Uncertain(argument.where, "its value is the key of the instance")
    if isinstance(found, Absent):
        raise Uncertain(found.where, found.why)
    return Owned(_written(found), found.way, found.from_variable)


def _written(found: FoundValue) -> TimeoutPlace:
    expression = found.expression
    source, start, end = expression.source, expression.start, expression.end
    if not source.editable:
        raise Uncertain(expression.where, "it is written inside a template")
    if isinstance(expression, Null):
        return TimeoutPlace(source, start, end, None)
    if isinstance(expression, Number) and expression.value in _SECONDS:
        return TimeoutPlace(source, start, end, int(expression.value))
    if isinstance(expression, PlainText) and expression.value.isascii() and expression.value.isdigit():
        as_written = source.text[start + 1 : end - 1]
        if as_written == expression.value and len(as_written) < 3 and int(as_written) in _SECONDS:
            return TimeoutPlace(source, start + 1, end - 1, int(expression.value))
    raise Uncertain(expression.where, "what is written there is no whole number of seconds from 1 to 60")


def _demand_no_ignored_changes(instance: Instance) -> None:
    """Terraform would leave the org as it is, whatever the file says."""
    for lifecycle in instance.block.nested("lifecycle"):
        for ignored in lifecycle.body.all_named("ignore_changes"):
            if any(name in (TIMEOUT, "all", None) for name in _names(ignored.expression)):
                raise Uncertain(ignored.where, "Terraform is told to ignore changes of it (ignore_changes)")


def _names(expression: Expression) -> list[str | None]:
    """The arguments that a list of them names; None for what cannot be told."""
    if isinstance(expression, Elements):
        return [name for one in expression.values for name in _names(one)]
    if isinstance(expression, ValueReference):
        return [expression.root]
    return [expression.value] if isinstance(expression, PlainText) else [None]
