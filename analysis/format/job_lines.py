"""The lines the load writes about jobs that are submitted and polled: one JSON object a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from analysis.format.json_to_dataclass import Amount, Count, UnixSeconds, typed_or_none

JOBS_SUFFIX: Final = ".jobs"
"""`segments/<worker>.jobs`, one JSON object a line, written through at once: `flow` names a pair of actions,
`job` records its start, `look` its state at a poll. The last `look` counts, so a killed process leaves
the last known state."""

JobState = Literal["running", "done", "failed", "cancelled", "gave_up", "no_job_id", "no_status"]
"""`running` in the end: the run ended (or was killed) first."""


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A submit action paired with a poll action."""

    action_id: str
    action_name: str
    poll_action_name: str
    every_s: Amount
    give_up_s: Amount | None = None


@dataclass(frozen=True, slots=True)
class JobLine:
    """The start of a job. `at`: Unix seconds of the submit's reply; `input_origin`: of the submit call."""

    job: Count
    action_id: str
    at: UnixSeconds
    correlation_id: str = ""
    input_origin: str | None = None


@dataclass(frozen=True, slots=True)
class LookLine:
    """A job's state at a poll. `seconds` since `JobLine.at`."""

    job: Count
    state: JobState
    seconds: Amount
    polls: Count
    throttled: Count
    why: str | None = None


_KINDS: Final[dict[object, type[FlowLine | JobLine | LookLine]]] = {
    "flow": FlowLine,
    "job": JobLine,
    "look": LookLine,
}


def job_line(body: Mapping[str, object]) -> FlowLine | JobLine | LookLine | None:
    """Return a parsed line; None for one of another kind or shape, as a kill or an edit leaves it."""
    kind = body.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        return None
    return typed_or_none(_KINDS[kind], body)
