"""A plan as text, from the master to its workers (Locust sends its options along when a test starts)."""

import base64
import json
from dataclasses import asdict, dataclass, field, replace

from analysis.format.json_to_dataclass import typed
from diag.errors import UsageError
from loadtests.planning.plan import LoadPlan


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
    ahead_s: float = 0.0
    """How far the clock of what is called is ahead of this machine's: 0 but for a time-lapsed sandbox."""
    run_key: str | None = None
    """The key this run's forked workers share; a forked worker of another run refuses the order."""
    audit_key: str = field(default="", repr=False)
    """By which all workers hash inputs in their audit lines; kept nowhere."""
    run_time_s: float | None = None
    """When the run ends, also where the master cannot be reached any more; None: only the master ends it."""


def to_wire(order: WorkerOrder) -> str:
    """Return the order as JSON; facts and reasons stay with the master."""
    slim = replace(order, plan=replace(order.plan, facts=(), left_out=(), platform_facts=(), recommend={}))
    return json.dumps(asdict(slim), default=lambda value: base64.b64encode(value).decode())


def from_wire(text: str) -> WorkerOrder:
    """Return the order again, every field of its type. Raises UsageError for anything else.

    Parsed without the limits for files: a guard that never steps in has an infinite factor.
    """
    try:
        body = json.loads(text)
        for action in body["plan"]["actions"]:
            for payload in action["payloads"]:
                payload["body"] = base64.b64decode(payload["body"], validate=True)
        return typed(WorkerOrder, body, closed=True)
    except (ValueError, LookupError, TypeError, RecursionError):  # WrongShapeError is a ValueError
        raise UsageError(
            "The master's order is not one that this worker understands.",
            hint="Run master and workers with the same version of diag.",
        ) from None
