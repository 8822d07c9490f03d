"""The load tools and logs whose files are read, and what each of their files cannot know.

What is written here about a format is from its own documentation: JMeter's manual ("Listeners", "CSV Log
format" and "XML Log format"), k6's pages on CSV and JSON output, vegeta's `encode`, nginx's
`ngx_http_log_module`, and the Elastic Load Balancing guide on access logs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

ToolName = Literal["jmeter", "k6", "vegeta", "locust", "csv", "nginx", "alb"]


@dataclass(frozen=True, slots=True)
class Tool:
    """A load tool or a log: its name for `--as`, for people, and what its files leave open, a sentence each
    without its full stop."""

    name: ToolName
    title: str
    unknown: tuple[str, ...]


_CLOSED: Final = (
    "{} waits for each reply before it sends the next request (closed model): a slow backend was called less "
    "often, so slow calls may be too few here"
)
_END_TO_END: Final = (
    "durations are as the server saw them: the way to it, and what Genesys adds, is not in them"
)

TOOLS: Final[Mapping[ToolName, Tool]] = {
    tool.name: tool
    for tool in (
        Tool("jmeter", "JMeter", (_CLOSED.format("a thread of JMeter"),)),
        Tool(
            "k6",
            "k6",
            (
                "whether k6 kept a rate (open model) or waited for each reply (closed) is not in its files",
                "its durations leave out connecting and TLS",
            ),
        ),
        Tool("vegeta", "vegeta", ("whether vegeta had enough workers to keep its rate is not in its files",)),
        Tool("locust", "Locust", (_CLOSED.format("a user of Locust"),)),
        Tool("csv", "another tool", ("how these calls were made is not in the file",)),
        Tool("nginx", "nginx", (_END_TO_END,)),
        Tool("alb", "a load balancer", (_END_TO_END,)),
    )
}
"""By the name for `--as`."""


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """`--map latency_ms=elapsed:ms`: a column of ours, the field that holds it, and its unit where stated."""

    column: str
    source: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ToolOptions:
    """How files of other tools are to be read. `tool` None: as they are recognised.

    `action`: the action that all calls are of; `labels`: the action of each label, by label; `ids`: the id of
    each action, by name, where it is known. `pattern`: the `log_format` of an nginx log. `decimal`: the sign
    before the fraction of a number, None: as it is recognised.
    """

    tool: ToolName | None = None
    columns: tuple[MappedColumn, ...] = ()
    action: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    pattern: str | None = None
    decimal: Literal["point", "comma"] | None = None


USUAL: Final = ToolOptions()
FROM_ELSEWHERE: Final = (
    "A file of another tool: --as jmeter, k6, vegeta, locust, nginx or alb; any other table: say which field "
    "is what, --map latency_ms=FIELD:ms,started_at=FIELD."
)
"""What to do with a file that is no table of ours."""
