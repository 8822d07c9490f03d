"""Work that outlasts any timeout: a submit action starts a job, a poll action returns its state.

Each job's end is drawn when it starts, so the truth is known: the law of the times, and of each job when
and how it really ends.
"""

import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from diag.sandbox.latency.distributions import Distribution
from diag.sandbox.latency.read_latency import read_distribution
from diag.sandbox.reply_bodies import JsonObject, JsonValue
from diag.toml_section import TomlSection

RUNNING: Final = "RUNNING"
DONE: Final = "DONE"
FAILED: Final = "FAILED"
CANCELLED: Final = "CANCELLED"
JOB_ID: Final = "jobId"
"""Name of the job's id in the submit action's result and in the poll action's input."""
_KEPT: Final = 100_000


@dataclass(frozen=True, slots=True)
class JobSpec:
    """What a submit action starts. `takes`: time in ms to the end, whichever end it is."""

    takes: Distribution
    failed: float = 0.0
    cancelled: float = 0.0


@dataclass(slots=True)
class SandboxJob:
    """One job; times in Unix seconds."""

    id: str
    action_id: str
    correlation_id: str
    """Of the submit call."""
    started_at: float
    takes_ms: float
    ends_as: str
    polls: int = 0

    def state(self, now: float) -> str:
        """Return the state that a poll gets at `now`."""
        return self.ends_as if now >= self.started_at + self.takes_ms / 1e3 else RUNNING

    def to_json(self) -> JsonObject:
        """As GET /sandbox/truth/jobs shows it."""
        return {
            "job_id": self.id,
            "action_id": self.action_id,
            "correlation_id": self.correlation_id,
            "started_at": self.started_at,
            "takes_ms": self.takes_ms,
            "ends_as": self.ends_as,
            "looks": self.polls,
        }


class Jobs:
    """The jobs of a sandbox, the last 100,000 of them. `clock` gives Unix seconds."""

    def __init__(self, seed: int, clock: Callable[[], float]) -> None:
        self._seed = seed
        self._clock = clock
        self._random: dict[str, Random] = {}
        self._jobs: dict[str, SandboxJob] = {}
        self._order: deque[str] = deque()

    def submit(self, spec: JobSpec, action_id: str, correlation_id: str) -> JsonObject:
        """Start a job; return its part of the submit action's result."""
        rng = self._random.setdefault(action_id, Random(f"{self._seed}:{action_id}:jobs"))
        takes_ms, fate = spec.takes.sample(rng), rng.random()
        ends_as = DONE
        if fate < spec.failed:
            ends_as = FAILED
        elif fate < spec.failed + spec.cancelled:
            ends_as = CANCELLED
        id_ = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        self._jobs[id_] = SandboxJob(id_, action_id, correlation_id, self._clock(), takes_ms, ends_as)
        self._order.append(id_)
        if len(self._order) > _KEPT:
            del self._jobs[self._order.popleft()]
        return {JOB_ID: id_, "state": RUNNING}

    def poll(self, inputs: JsonObject) -> JsonObject | None:
        """Return the state of the job named in the inputs, as the poll's result; None without such a job."""
        id_ = inputs.get(JOB_ID)
        job = self._jobs.get(id_) if isinstance(id_, str) else None
        if job is None:
            return None
        job.polls += 1
        return {JOB_ID: job.id, "state": job.state(self._clock())}

    def to_json(self) -> list[JsonValue]:
        """Every job still known, oldest first."""
        return [self._jobs[id_].to_json() for id_ in self._order]


def read_job(table: TomlSection) -> JobSpec:
    """The `job` table of a submit action. Raises ScenarioError."""
    takes = table.table("takes")
    if takes is None:
        raise table.wrong("takes", "is missing")
    failed, cancelled = table.share("failed", 0.0), table.share("cancelled", 0.0)
    if failed + cancelled > 1.0:
        raise table.wrong("failed", "and cancelled add up to more than 1")
    return table.done(JobSpec(takes.done(read_distribution(takes)), failed, cancelled))
