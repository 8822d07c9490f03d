"""From a scenario's `latency` table to a LatencySpec."""

from collections.abc import Callable

from diag.sandbox.latency.backend import LatencySpec
from diag.sandbox.latency.distributions import (
    Distribution,
    Fixed,
    Gamma,
    Lognormal,
    Pareto,
    Scaled,
    Shifted,
    Weibull,
    mixture,
)
from diag.sandbox.table import Table


def read_latency(table: Table) -> LatencySpec:
    """The backend a `latency` table describes. Raises ScenarioError."""
    return table.done(LatencySpec(base=_distribution(table)))


def _distribution(table: Table) -> Distribution:
    model = table.text("model", choices=tuple(_MODELS))
    law = _MODELS[model](table)
    if table.has("times"):
        law = Scaled(law, table.number("times", above=0.0))
    if table.has("plus_ms"):
        law = Shifted(law, table.number("plus_ms", above=0.0))
    return law


def _mixture(table: Table) -> Distribution:
    parts = [
        (part.number("weight", above=0.0), part.done(_distribution(part)))
        for part in table.tables("parts", name_key="model")
    ]
    if not parts:
        raise table.wrong("parts", "is missing")
    return mixture(parts)


_MODELS: dict[str, Callable[[Table], Distribution]] = {
    "fixed": lambda t: Fixed(t.number("at_ms", above=-1e-9)),
    "lognormal": lambda t: Lognormal(t.number("median_ms", above=0.0), t.number("sigma", above=0.0)),
    "gamma": lambda t: Gamma(t.number("shape", above=0.0), t.number("scale_ms", above=0.0)),
    "weibull": lambda t: Weibull(t.number("shape", above=0.0), t.number("scale_ms", above=0.0)),
    "pareto": lambda t: Pareto(t.number("min_ms", above=0.0), t.number("alpha", above=0.0)),
    "mixture": _mixture,
}
