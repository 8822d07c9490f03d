"""Work that fits into no timeout: a flow submits a job and polls until it is done.

`read_jobs` reads the recorded lines, `loop_advice` judges them, `FlowLoop` holds the result.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.runs.invented_inputs import share_invented
from analysis.statistics.survival_curve import SurvivalCurve


@dataclass(frozen=True, slots=True)
class FlowLoop:
    """How long the jobs of one submit action take, and how a flow should wait for them.

    Times in seconds from the submit's reply to the poll that found the job done: at most one interval (or the
    wait after a 429) late, never early. Unknown numbers are None, never NaN.
    """

    action_id: str
    action_name: str
    poll_action_name: str | None
    jobs: int
    done: int
    failed: int
    cancelled: int
    unfinished: int
    """Still running when polling stopped: right-censored, never dropped."""
    unreadable: int
    """The submit's reply held no job id, or the polls no status."""
    polls: int
    throttled: int
    """429s while polling: each makes the wait longer and is not a poll."""
    polls_per_job: float | None
    """Mean over the jobs that were done."""
    looked_every_s: float
    reason: str
    """One sentence for the reader: the recommendation, or why there is none."""
    p50_s: float | None = None
    p95_s: float | None = None
    p99_s: float | None = None
    """The quantile at `settings.percentile`."""
    p99_upper_s: float | None = None
    longest_s: float | None = None
    """Longest any job was followed."""
    design_effect: float | None = None
    interval_s: int | None = None
    loop_limit: int | None = None
    wait_s: float | None = None
    """What interval x limit must cover: the upper bound, and at least p99 plus its buffer."""
    jobs_needed: int | None = None
    """About how many more jobs give a bound, where there are too few."""
    cut_off_share: float | None = None
    """Estimated share of jobs not done after `loop_limit` polls."""
    unreadable_because: str | None = None
    """The most frequent error code of polls without a result; None: the paths in the workload are wrong."""
    input_origins: Mapping[str, int] = field(default_factory=dict)
    """`jobs` by the origin of their submit call's input; those of unknown origin are left out."""
    curve: SurvivalCurve | None = None
    """Share of jobs not done after t, in ms."""

    @property
    def invented_share(self) -> float | None:
        """Share (0..1) of `jobs` submitted with an invented input; None where no origin is known."""
        return share_invented(self.input_origins, self.jobs)
