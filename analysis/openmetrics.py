"""Metrics as OpenMetrics text (version 1.0.0), for a collector that reads files.

It is also text that Prometheus' older format allows, which is what node_exporter's textfile collector reads:
gauges and histograms only, and no time beside a sample.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from analysis.plain_text import printable

Labels = tuple[tuple[str, str], ...]
"""Names as they are written; values of any text."""
ENDS_WITH: Final = "# EOF"


@dataclass(frozen=True, slots=True)
class Metric:
    """What one name stands for. `unit`: the name ends in it; None: a number, or true (1) and false (0)."""

    name: str
    help: str
    unit: Literal["seconds", "ratio"] | None = None
    kind: Literal["gauge", "histogram"] = "gauge"


@dataclass(frozen=True, slots=True)
class Sample:
    """One line: a value for one set of labels. `suffix`: of a histogram, `_bucket`, `_count` or `_sum`."""

    value: float | int
    labels: Labels = ()
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """A metric and its samples; one without any is left out of the text."""

    metric: Metric
    samples: Sequence[Sample] = field(default=())


def openmetrics_text(families: Iterable[Family]) -> str:
    """Return the text of these metrics, each named once."""
    return "\n".join([*(line for family in families for line in _lines(family)), ENDS_WITH, ""])


def why_unwritable(path: Path) -> str | None:
    """Return why no file can be put in this place, None where nothing is known to be in the way."""
    if path.is_dir():
        return "it is a folder"
    return None if path.absolute().parent.is_dir() else f"{path.parent} is not a folder"


def _lines(family: Family) -> Iterator[str]:
    metric = family.metric
    if not family.samples:
        return
    yield f"# HELP {metric.name} {_escaped(metric.help)}"
    yield f"# TYPE {metric.name} {metric.kind}"
    if metric.unit is not None:
        yield f"# UNIT {metric.name} {metric.unit}"
    for sample in family.samples:
        shown = ",".join(f'{name}="{_escaped(value)}"' for name, value in sample.labels)
        yield f"{metric.name}{sample.suffix}{f'{{{shown}}}' if shown else ''} {_number(sample.value)}"


def _number(value: float | int) -> str:
    return str(value) if isinstance(value, int) else f"{value:.12g}"


def _escaped(text: str) -> str:
    """One line, whatever an org calls its actions (`printable`), and no way out of the quotes."""
    return printable(text).replace("\\", "\\\\").replace('"', '\\"')
