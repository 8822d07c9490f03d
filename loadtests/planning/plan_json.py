"""A plan as text, from the master to its workers (Locust sends its options along when a test starts)."""

import base64
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from analysis.format.sample_schema import ActionVersion, InputOrigin
from diag.workload.load_shape import GuardLimits, Poll, Ramp, Soak, Stage
from diag.workload.payload import Payload
from loadtests.planning.plan import ActionLoad, LoadPlan


@dataclass(frozen=True, slots=True)
class WorkerOrder:
    """What a worker needs besides its own credentials, which never cross the wire."""

    plan: LoadPlan
    api_base: str
    sandbox: bool
    folder: str
    """The master's run folder; a worker that finds `mark` in it shares the disk and writes there itself."""
    mark: str
    workers: int
    part: int
    """How many times this run has been started: a soak goes on with segments of its own."""
    soak_offset_s: float = 0.0
    """How long ago a soak that goes on began."""
    run_key: str | None = None
    """The key this run's forked workers share; a forked worker of another run refuses the order."""
    run_time_s: float | None = None
    """When the run ends, also where the master cannot be reached any more; None: only the master ends it."""


def to_wire(order: WorkerOrder) -> str:
    """Return the order as JSON; facts and reasons stay with the master."""
    slim = replace(order, plan=replace(order.plan, facts=(), left_out=(), recommend={}))
    return json.dumps(asdict(slim), default=lambda value: base64.b64encode(value).decode())


def from_wire(text: str) -> WorkerOrder:
    """Return the order again."""
    body = json.loads(text)
    plan = body["plan"]
    plan["actions"] = tuple(_action(action) for action in plan["actions"])
    plan["stages"] = tuple(Stage(**stage) for stage in plan["stages"])
    plan["guard"], plan["soak"], plan["ramp"] = (
        GuardLimits(**plan["guard"]),
        Soak(**plan["soak"]),
        Ramp(**plan["ramp"]),
    )
    plan["facts"], plan["left_out"], plan["sla"] = (), (), tuple(plan["sla"])
    return WorkerOrder(**{**body, "plan": LoadPlan(**plan)})


def _action(body: dict[str, Any]) -> ActionLoad:
    payloads = tuple(
        Payload(payload["label"], base64.b64decode(payload["body"]), InputOrigin(payload["origin"]))
        for payload in body["payloads"]
    )
    poll = body["poll"]
    if poll is not None:
        poll = Poll(**{**poll, **{name: tuple(poll[name]) for name in ("done", "failed", "cancelled")}})
    return ActionLoad(**{**body, "payloads": payloads, "target": ActionVersion(body["target"]), "poll": poll})
