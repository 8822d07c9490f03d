"""A backend that knows some keys only: to any other it answers "not found", with 200 and in its own time."""

from dataclasses import dataclass, field
from typing import cast

from diag.sandbox.latency.drawn_latency import LatencySpec
from diag.sandbox.latency.read_latency import read_latency
from diag.sandbox.reply_bodies import JsonObject
from diag.toml_section import TomlSection


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """Which values of one input the backend knows, and its reply to the others."""

    input: str
    keys: frozenset[str]
    latency: LatencySpec
    """Of "not found"; the action's own latency is that of a known key."""
    result: JsonObject = field(default_factory=dict)
    """What a backend that found nothing returns."""

    def holds(self, inputs: JsonObject) -> bool:
        """Whether the call is about a key the backend knows."""
        return str(inputs.get(self.input)) in self.keys


def read_known_keys(table: TomlSection) -> KnownKeys:
    """Return the table `knows` of an action."""
    latency = table.table("latency")
    if latency is None:
        raise table.wrong("latency", "is missing")
    keys = table.texts("keys")
    if not keys:
        raise table.wrong("keys", "is missing")
    return table.done(
        KnownKeys(
            input=table.text("input"),
            keys=frozenset(keys),
            latency=read_latency(latency),
            result=cast(JsonObject, table.mapping("result")),
        )
    )
