"""One experiment as a value: what it does, what it needs, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass

from diag.learning.lab.lab import Lab
from diag.platform_facts.fact_kinds import TimeoutWords
from diag.platform_facts.facts import Confidence

FactValue = bool | int | str | tuple[str, ...] | TimeoutWords


@dataclass(frozen=True, slots=True)
class Found:
    """A fact of the platform, and how it was found out.

    `how` never names anything of the org. `concluded`: from what was absent, or from less than the thing
    itself; everything else was seen.
    """

    key: str
    value: FactValue
    how: str
    confidence: Confidence = "seen"


@dataclass(frozen=True, slots=True)
class Learning:
    """What came of an experiment: one sentence for people, and the facts in it. None may be found."""

    text: str
    found: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment. `does` completes "diag ...".

    `requests`: how many it makes at most, nothing being repeated. `needs`: groups of permissions, of each of
    which any one is enough. `seconds`: how long it takes at most.
    """

    name: str
    does: str
    requests: int
    run: Callable[[Lab], Learning]
    needs: tuple[tuple[str, ...], ...] = ()
    on_draft: bool = False
    calls: bool = False
    """Whether the action's backend is called."""
    seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class SkippedExperiment:
    """An experiment that is not made, and why; `found` is what that alone says."""

    name: str
    why: str
    found: tuple[Found, ...] = ()
