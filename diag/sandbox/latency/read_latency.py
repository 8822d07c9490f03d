"""From a scenario's `latency` table to a LatencySpec."""

import csv
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from analysis.format.input_file import InputFile
from diag.sandbox.latency.distributions import (
    Distribution,
    Empirical,
    Fixed,
    Gamma,
    Lognormal,
    Pareto,
    Scaled,
    Shifted,
    Weibull,
    mixture,
)
from diag.sandbox.latency.drawn_latency import LatencySpec
from diag.sandbox.latency.effects import (
    ColdStarts,
    Episodes,
    LatencyDrift,
    LatencyStep,
    Nightly,
    Outage,
    Stalls,
    WarmUp,
)
from diag.toml_section import TomlSection

_REPLAY: Final = "replay"


def read_latency(table: TomlSection) -> LatencySpec:
    """The backend a `latency` table describes: a model, and any of the effects. Raises ScenarioError."""
    if table.text("model", choices=(*_MODELS, _REPLAY)) == _REPLAY:
        trace_ms = _trace(table)
        spec = LatencySpec(Empirical(tuple(sorted(trace_ms))), trace_ms=trace_ms)
    else:
        spec = LatencySpec(read_distribution(table), correlation=table.share("correlation", 0.0))
        if spec.correlation >= 1.0:
            raise table.wrong("correlation", "must be below 1")
    return table.done(_with_effects(spec, table))


def read_added_time(table: TomlSection, key: str) -> LatencySpec | None:
    """The time a key adds to a call: a number of ms, or a `latency` table; None without it.

    Raises ScenarioError.
    """
    if isinstance(table.value(key), Mapping):
        inner = table.table(key)
        spec = None if inner is None else read_latency(inner)
        if spec is not None and spec.outages:
            raise table.wrong(key, "cannot have outages: it is a time that always ends")
        return spec
    return LatencySpec(Fixed(table.number(key, low=0.0))) if table.has(key) else None


def _with_effects(spec: LatencySpec, table: TomlSection) -> LatencySpec:
    if table.has("servers"):
        spec = replace(spec, servers=table.integer("servers", low=1, high=100_000))
    if (t := table.table("episodes")) is not None:
        share = t.share("share")
        if not 0.0 < share < 1.0:
            raise t.wrong("share", "must be above 0 and below 1")
        times = t.number("times", above=0.0)
        spec = replace(spec, episodes=t.done(Episodes(share, t.number("mean_s", above=0.0), times)))
    if (t := table.table("stalls")) is not None:
        every_s = t.number("every_s", above=0.0)
        spec = replace(spec, stalls=t.done(Stalls(every_s, t.number("for_s", above=0.0))))
    if (t := table.table("warm_up")) is not None:
        times = t.number("times", above=0.0)
        spec = replace(spec, warm_up=t.done(WarmUp(times, t.number("for_s", above=0.0))))
    if (t := table.table("cold_start")) is not None:
        idle_s = t.number("after_idle_s", above=0.0)
        spec = replace(spec, cold_start=t.done(ColdStarts(idle_s, t.number("plus_ms", above=0.0))))
    if (t := table.table("drift")) is not None:
        spec = replace(spec, drift=t.done(LatencyDrift(t.number("times_per_hour", above=0.0))))
    if (t := table.table("nightly")) is not None:
        from_hour, to_hour = (t.number(key, above=-1e-9) for key in ("from_hour", "to_hour"))
        if max(from_hour, to_hour) > 24.0 or from_hour == to_hour:
            raise t.wrong("to_hour", "must be another hour of the day than from_hour")
        spec = replace(spec, nightly=t.done(Nightly(from_hour, to_hour, t.number("times", above=0.0))))
    if (t := table.table("step")) is not None:
        after = t.number("after_hours", above=0.0)
        spec = replace(spec, step=t.done(LatencyStep(after, t.number("times", above=0.0))))
    outages = []
    for t in table.tables("outages"):
        from_s = t.number("from_s", above=-1e-9)
        outages.append(t.done(Outage(from_s, t.number("to_s", above=from_s))))
    return replace(spec, outages=tuple(outages))


def read_distribution(table: TomlSection) -> Distribution:
    """The law of a table without effects. Raises ScenarioError."""
    model = table.text("model", choices=tuple(_MODELS))
    law = _MODELS[model](table)
    if table.has("times"):
        law = Scaled(law, table.number("times", above=0.0))
    if table.has("plus_ms"):
        law = Shifted(law, table.number("plus_ms", above=0.0))
    return law


def _mixture(table: TomlSection) -> Distribution:
    parts = [
        (part.number("weight", above=0.0), part.done(read_distribution(part)))
        for part in table.tables("parts", name_key="model")
    ]
    if not parts:
        raise table.wrong("parts", "is missing")
    return mixture(parts)


def _trace(table: TomlSection) -> tuple[float, ...]:
    """The latencies of a CSV file beside the scenario, in the order they were recorded."""
    path = table.folder / table.text("file")
    column = table.text("column", "latency_ms")
    rows = io.StringIO(InputFile(path, table.make_error).text(), newline="")
    try:
        values = [float(row[column]) for row in csv.DictReader(rows)]
    except csv.Error as error:
        raise table.wrong("file", f"{path.name} is not CSV: {error}") from error
    except KeyError as error:
        raise table.wrong("column", f"is {column!r}, which {path.name} does not have") from error
    except (TypeError, ValueError) as error:
        raise table.wrong("file", f"{path.name} has a {column} that is no number: {error}") from error
    if not values or not all(math.isfinite(value) and value >= 0.0 for value in values):
        raise table.wrong("file", f"{path.name} must have one or more latencies, none below zero")
    return tuple(values)


_MODELS: dict[str, Callable[[TomlSection], Distribution]] = {
    "fixed": lambda t: Fixed(t.number("at_ms", above=-1e-9)),
    "lognormal": lambda t: Lognormal(t.number("median_ms", above=0.0), t.number("sigma", above=0.0)),
    "gamma": lambda t: Gamma(t.number("shape", above=0.0), t.number("scale_ms", above=0.0)),
    "weibull": lambda t: Weibull(t.number("shape", above=0.0), t.number("scale_ms", above=0.0)),
    "pareto": lambda t: Pareto(t.number("min_ms", above=0.0), t.number("alpha", above=0.0)),
    "mixture": _mixture,
}
