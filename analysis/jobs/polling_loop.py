"""Work that fits into no timeout: a flow submits a job and looks again and again until it is done.

The type that crosses doorways; `read_jobs` reads the lines, `loop_advice` judges them.
"""

from dataclasses import dataclass

from analysis.statistics.survival_curve import SurvivalCurve


@dataclass(frozen=True, slots=True)
class FlowLoop:
    """How long the jobs of one submit action take, and how a flow should wait for them.

    Times in seconds from the submit's reply to the look that saw the job done: at most one interval (or the
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
    """Still running when we stopped looking: right-censored, never dropped."""
    unreadable: int
    """The submit's reply held no job id, or the looks no status."""
    polls: int
    throttled: int
    """429s while looking: a longer wait, not a look."""
    polls_per_job: float | None
    """Mean over the jobs that were done."""
    looked_every_s: float
    reason: str
    """One sentence for people: the recommendation, or why there is none."""
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
    """What interval times limit must cover: the upper bound, and never less than p99 and its buffer."""
    jobs_needed: int | None = None
    """About how many more jobs give a bound, where there are too few."""
    cut_off_share: float | None = None
    """Estimated share of jobs not done after `loop_limit` looks."""
    unreadable_because: str | None = None
    """The commonest error code of looks that were answered with no result; None: the paths are wrong."""
    curve: SurvivalCurve | None = None
    """Share of jobs not done after t, in ms."""
