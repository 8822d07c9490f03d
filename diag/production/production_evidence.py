"""The result of `diag observe` as one value: what was read, judged as a run is judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import Asked
from analysis.verdicts.recommendation import Analysis
from diag.production.observed import Observed
from diag.production.reading.time_window import Window


@dataclass(frozen=True, slots=True)
class Place:
    """The org and host whose telemetry was read."""

    host: str
    sandbox: bool
    org_id: str | None = None
    org_name: str | None = None


@dataclass(frozen=True, slots=True)
class Unobserved:
    """An action without production data, and why; `unused`: nothing executed it in the whole window."""

    action_id: str
    action_name: str
    why: str
    unused: bool = False


@dataclass(frozen=True, slots=True)
class ProductionEvidence:
    """Production telemetry with its verdicts; `since`, `until` (Unix seconds) are the window asked for."""

    analysis: Analysis
    observed: Mapping[str, Observed]
    not_observed: tuple[Unobserved, ...]
    place: Place
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class ProductionQuestion:
    """Which hours are read, and by which rules they are judged.

    `source`: the arguments of `diag observe` that repeat this judgement; `asked`: what other next commands
    repeat of it; `zone`: whose clock hours are shown on.
    """

    window: Window
    rules: RecommendSettings
    source: str | None = None
    asked: Asked = field(default_factory=Asked)
    zone: str | None = None
