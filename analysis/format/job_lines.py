"""The lines the load writes about jobs that are submitted and polled: one JSON object a line."""

from typing import Final, Literal

JOBS_SUFFIX: Final = ".jobs"
"""`segments/<worker>.jobs`, one JSON object a line, written through at once: `flow` names a pair of actions,
`job` records its start, `look` its state at a poll. The last `look` counts, so a killed process leaves
the last known state."""

JobState = Literal["running", "done", "failed", "cancelled", "gave_up", "no_job_id", "no_status"]
"""`running` in the end: the run ended (or was killed) first."""
