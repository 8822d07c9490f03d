"""The step that made the number what it is, and the number that a verdict settled on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class MadeBy(StrEnum):
    """The last step without which the whole number of seconds would be another one."""

    WHOLE_SECONDS = "rounded up to whole seconds"
    """The quantile alone, rounded up, gives it: neither buffer nor bound reaches the next second."""
    BUFFER = "p99 + buffer"
    BOUND = "bound"
    BOUND_AND_BUFFER = "bound + buffer"
    """With `--rule sum`, and of a raise that rests on few calls."""
    SLOWER_PART = "slower part"
    """Of calls that disagree."""
    FLOOR = "floor"
    CAP = "cap"
    HYSTERESIS = "hysteresis"
    """The timeout in force is near enough to the rule's number, and stays."""


@dataclass(frozen=True, slots=True)
class SurerBound:
    """An upper bound of the quantile that holds with more confidence (0..1) than others must."""

    upper_ms: int
    confidence: float


@dataclass(frozen=True, slots=True)
class ChosenNumber:
    """What a verdict settled on, in whole seconds."""

    timeout_s: int
    wanted_s: int | None
    """What the calls would need if there were no cap; None where that is not known."""
    is_the: Literal["rule's", "timeout in force", "cap", "slower part's"] = "rule's"
    above_the_bound: bool = False
    """It keeps the whole buffer above the bound, as with `--rule sum`: it was raised on few calls."""
    surer: SurerBound | None = None
    """Set where this bound made the number: a lowering asks for it."""
