"""What the load writes of jobs that are submitted and polled: one JSON object a line."""

from typing import Final, Literal

JOBS_SUFFIX: Final = ".jobs"
"""`segments/<worker>.jobs`, one JSON object a line, written through at once: `flow` names a pair of actions,
`job` says that one began, `look` what is known of it since. The last look counts, so a killed process
leaves what it knew."""

JobState = Literal["running", "done", "failed", "cancelled", "gave_up", "no_job_id", "no_status"]
"""`running` in the end: the run ended (or was killed) first."""
