"""What a scenario says of an action: its configuration, how its backend behaves, its past.

Read from an `[[action]]` table of the scenario's file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, cast

from diag.sandbox.backends.backend_spec import BackendSpec, read_backend
from diag.sandbox.latency.distributions import Fixed
from diag.sandbox.latency.drawn_latency import LatencySpec
from diag.sandbox.latency.read_latency import read_added_time, read_latency
from diag.sandbox.reply_bodies import JsonObject
from diag.sandbox.world.jobs import JobSpec, read_job
from diag.sandbox.world.known_keys import KnownKeys, read_known_keys
from diag.sandbox.world.past_executions import HistorySpec, PastFailures, read_history
from diag.toml_section import TomlSection

Kind = Literal["custom", "static", "custom_auth", "function"]
SHARE: Final = "platform_share_ms"
KINDS: Final[tuple[Kind, ...]] = ("custom", "static", "custom_auth", "function")
REQUEST_TYPES: Final = ("GET", "PUT", "POST", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class FailureSpec:
    """A share of calls that the backend refuses: status, and how fast."""

    share: float
    status: int
    latency: LatencySpec


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action of the scenario."""

    name: str
    integration: str
    category: str
    kind: Kind = "custom"
    request_type: str = "GET"
    timeout_s: int | None = None
    secure: bool = False
    latency: LatencySpec = field(default_factory=lambda: LatencySpec(Fixed(50.0)))
    failures: tuple[FailureSpec, ...] = ()
    input_schema: JsonObject = field(default_factory=dict)
    output_schema: JsonObject = field(default_factory=dict)
    """Empty: every part of the result may be anything."""
    result: JsonObject = field(default_factory=dict)
    flows: tuple[str, ...] = ()
    """Names of the Architect flows that use it."""
    history: HistorySpec | None = None
    function_timeout_s: int | None = None
    """A function's own timeout, 1..15; None: the default of 15."""
    job: JobSpec | None = None
    """What a submit action starts."""
    knows: KnownKeys | None = None
    """What its backend finds; None: whatever it is asked for."""
    polls_jobs: bool = False
    """A poll action: returns the state of the job its input names."""
    platform_share: LatencySpec | None = None
    """What the platform adds to each call of it; None: as the scenario says."""
    backend: BackendSpec = field(default_factory=BackendSpec)
    breaks_contract: float = 0.0
    """Share of healthy calls whose result does not fit `output_schema`."""


def read_actions(table: TomlSection) -> Iterator[ActionSpec]:
    """Yield the action of a table; with `copies` that many, numbered where the name says {n}."""
    copies = table.integer("copies", 1, low=1, high=100_000)
    spec = _action(table)
    if copies == 1:
        yield spec
        return
    if "{n}" not in spec.name:
        raise table.wrong("name", "must have {n} in it, for the number of the copy")
    for n in range(1, copies + 1):
        yield replace(spec, name=spec.name.replace("{n}", f"{n:05}"))


def _action(table: TomlSection) -> ActionSpec:
    latency = table.table("latency")
    job = table.table("job")
    knows = table.table("knows")
    failures = tuple(_failure(t) for t in table.tables("failures", name_key="status"))
    if sum(failure.share for failure in failures) > 1.0 + 1e-9:
        raise table.wrong("failures", "have shares that add up to more than 1")
    backend, output = read_backend(table.table("backend")), table.mapping("output")
    if backend.translated and any(table.has(key) for key in ("job", "polls_jobs", "knows")):
        raise table.wrong("backend", "cannot have answers of its own beside job, polls_jobs or knows")
    if table.has("breaks_contract") and not output:
        raise table.wrong(
            "breaks_contract", "needs an output contract that can be broken", "Give it `output`."
        )
    return table.done(
        ActionSpec(
            name=table.text("name"),
            integration=table.text("integration"),
            category=table.text("category"),
            kind=cast(Kind, table.text("kind", "custom", choices=KINDS)),
            request_type=table.text("request_type", "GET", choices=REQUEST_TYPES),
            timeout_s=_seconds(table, "timeout_s", 60),
            secure=table.flag("secure", False),
            latency=LatencySpec(Fixed(50.0)) if latency is None else read_latency(latency),
            failures=failures,
            input_schema=_object_schema(table.mapping("input")),
            output_schema=_object_schema(output) if output else {},
            result=cast(JsonObject, table.mapping("result")),
            flows=table.texts("flows"),
            history=_history(table, failures),
            function_timeout_s=_seconds(table, "function_timeout_s", 15),
            job=None if job is None else read_job(job),
            knows=None if knows is None else read_known_keys(knows),
            polls_jobs=table.flag("polls_jobs", False),
            platform_share=read_added_time(table, SHARE),
            backend=backend,
            breaks_contract=table.share("breaks_contract", 0.0),
        )
    )


def _seconds(table: TomlSection, key: str, high: int) -> int | None:
    return table.integer(key, low=1, high=high) if table.has(key) else None


def _history(table: TomlSection, failures: Sequence[FailureSpec]) -> HistorySpec | None:
    history = table.table("history")
    laws = ((one.share, one.latency.law(0.0)) for one in failures)
    past = tuple(PastFailures(share, law) for share, law in laws if law is not None)
    return None if history is None else read_history(history, past)


def _failure(table: TomlSection) -> FailureSpec:
    latency = table.table("latency")
    return table.done(
        FailureSpec(
            share=table.share("share"),
            status=table.integer("status", low=400, high=599),
            latency=LatencySpec(Fixed(50.0)) if latency is None else read_latency(latency),
        )
    )


def _object_schema(properties: dict[str, object]) -> JsonObject:
    """A contract (JSON Schema draft 4): every part named is required."""
    schema: JsonObject = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "properties": cast(JsonObject, properties),
        "additionalProperties": True,
    }
    if properties:
        schema["required"] = list(properties)
    return schema
