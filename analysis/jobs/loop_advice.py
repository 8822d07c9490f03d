"""Interval and loop limit for a flow that submits work and polls for it (docs/method.md, "Polling loops").

The same code as for timeouts: Kaplan-Meier with jobs that were still running when polling stopped
counted as "not done by then", and the exact upper bound of p99. Never a percentile of the finished jobs
alone: at the end of a run those are the quick ones. Jobs that failed or were cancelled are reported and left
out: the measurement did not cut them off, and a flow notices their end and leaves its loop. Some of those
still running would have failed too; counting them makes the wait longer, never shorter.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.jobs.flow_loop import FlowLoop
from analysis.jobs.read_jobs import Flow, Job, read_flows
from analysis.number_words import at_most, percent, share_of_calls_text
from analysis.recommend_settings import RecommendSettings, with_overrides
from analysis.statistics.confidence_bounds import calls_for_a_bound, upper_ms
from analysis.statistics.design_effect import clustering_at
from analysis.statistics.kaplan_meier import kaplan_meier
from analysis.statistics.latency_counts import MAX_MS, count_latencies
from analysis.statistics.survival_band import curve_with_band
from analysis.statistics.timed_calls import TimedCalls
from analysis.timeout_rule import buffer_ms, wait_for

POLLS_PER_JOB: Final = 4
"""A flow that polls about four times during a typical job notices its end an eighth of its length late."""
SOME_WILL_FAIL: Final = 1.2
"""This many times the fewest jobs of a bound are started, because some of them fail or take long."""
NOTHING_DONE_JOBS: Final = 50
"""Where none of this many jobs finished and none is still running, more jobs show nothing new."""
_STEPS_MS: Final = (1, 10, 100, 1_000, 10_000, 100_000)
"""Jobs may last for hours: the survival code counts up to MAX_MS steps, so the step grows."""
_CURVE_POINTS: Final = 400


def recommend_loops(
    paths: Sequence[Path], settings: RecommendSettings, stated: Mapping[str, Mapping[str, object]]
) -> tuple[FlowLoop, ...]:
    """Return the loop of every flow in the run folders among `paths`; `stated`: settings by action id."""
    return tuple(
        recommend_loop(flow, with_overrides(settings, stated.get(flow.action_id, {})))
        for flow in read_flows(paths)
    )


def recommend_loop(flow: Flow, settings: RecommendSettings) -> FlowLoop:
    """Return how long a flow must wait for these jobs, or no number and the reason for it."""
    states = Counter(job.state for job in flow.jobs)
    origins = Counter(job.input_origin for job in flow.jobs if job.input_origin is not None)
    whys = Counter(job.why for job in flow.jobs if job.why is not None)
    followed = [job for job in flow.jobs if job.state in ("done", "running", "gave_up")]
    done = [job for job in followed if job.state == "done"]
    loop = FlowLoop(
        action_id=flow.action_id,
        action_name=flow.action_name,
        poll_action_name=flow.poll_action_name,
        jobs=len(flow.jobs),
        done=len(done),
        failed=states["failed"],
        cancelled=states["cancelled"],
        unfinished=states["running"] + states["gave_up"],
        unreadable=states["no_job_id"] + states["no_status"],
        unreadable_because=max(whys, key=lambda why: (whys[why], why), default=None),
        polls=sum(job.polls for job in flow.jobs),
        throttled=sum(job.throttled for job in flow.jobs),
        polls_per_job=sum(job.polls for job in done) / len(done) if done else None,
        looked_every_s=flow.every_s,
        longest_s=max((job.seconds for job in followed), default=None),
        reason="",
        input_origins=origins,
    )
    found = _judge(loop, followed, settings) if done else replace(loop, reason=_nothing_done(loop))
    return replace(found, reason=f"{found.reason[:1].upper()}{found.reason[1:]}{_inputs(found)}.")


def enough_jobs(loop: FlowLoop, settings: RecommendSettings) -> bool:
    """Return True when no more jobs need be started: the loop is known, or will be when these have ended."""
    if loop.loop_limit is not None or loop.jobs >= settings.target_calls:
        return True
    if not loop.done and not loop.unfinished:
        return loop.jobs >= NOTHING_DONE_JOBS
    fewest = calls_for_a_bound(settings.percentile, settings.confidence) * (loop.design_effect or 1.0)
    return loop.done + loop.unfinished >= SOME_WILL_FAIL * fewest


def _judge(loop: FlowLoop, followed: Sequence[Job], settings: RecommendSettings) -> FlowLoop:
    taken_ms = np.array([job.seconds * 1e3 for job in followed])
    step = next((step for step in _STEPS_MS if taken_ms.max() / step <= MAX_MS), _STEPS_MS[-1])
    event = np.array([job.state == "done" for job in followed])
    table = kaplan_meier(count_latencies(taken_ms / step, event))
    p = settings.percentile
    quantile = table.quantile_ms(p)
    timed = TimedCalls(
        np.array([job.submitted_at for job in followed]),
        taken_ms / step,
        event,
        np.array([job.run for job in followed]),
        np.array([job.watched_s * 1e3 for job in followed]) / step,
    )
    effect = clustering_at(float(quantile if quantile is not None else table.t_ms[-1]), timed)
    upper = upper_ms(table, p, settings.confidence, effect)

    def in_s(steps: int | None) -> float | None:
        return None if steps is None else steps * step / 1e3

    loop = replace(
        loop,
        p50_s=in_s(table.quantile_ms(0.5)),
        p95_s=in_s(table.quantile_ms(0.95)),
        p99_s=in_s(quantile),
        p99_upper_s=in_s(upper),
        design_effect=effect,
        curve=curve_with_band(
            table,
            settings.confidence,
            design_effect=effect,
            step_ms=step,
            points=_evenly_spread(table.t_ms.size),
        ),
    )
    if loop.p99_s is None:
        return replace(loop, reason=_hidden(loop, settings))
    if loop.p99_upper_s is None:
        # What limits the bound is how many jobs the end of the curve is worth.
        worth = float(table.n_eff[-1]) / effect
        fewest = calls_for_a_bound(p, settings.confidence)
        more = max(math.ceil(len(followed) * (fewest / worth - 1.0) - 1e-9), 1)
        return replace(loop, jobs_needed=more, reason=_too_few(loop, more, settings))
    half_s = loop.p50_s if loop.p50_s is not None else loop.p99_s
    buffer_s = buffer_ms(loop.p99_s * 1e3, settings) / 1e3
    wait_s = wait_for(loop.p99_s, loop.p99_upper_s, buffer_s, settings)
    interval_s = max(1, round(half_s / POLLS_PER_JOB))
    limit = math.ceil(wait_s / interval_s - 1e-9)
    loop = replace(
        loop,
        interval_s=interval_s,
        loop_limit=limit,
        wait_s=wait_s,
        cut_off_share=table.share_slower_than(interval_s * limit * 1e3 / step),
    )
    return replace(loop, reason=_advice(loop, settings))


def _evenly_spread(times: int) -> NDArray[np.int64]:
    """Positions of at most _CURVE_POINTS of so many times."""
    return np.unique(np.linspace(0, times - 1, _CURVE_POINTS).astype(np.int64))


def _nothing_done(loop: FlowLoop) -> str:
    if not loop.jobs:
        return "no job was started, so nothing is known"
    if loop.unreadable == loop.jobs and loop.unreadable_because is not None:
        return (
            f"none of {loop.jobs:,} jobs could be followed: polls were answered with "
            f"{loop.unreadable_because}"
        )
    if loop.unreadable == loop.jobs:
        return (
            f"none of {loop.jobs:,} jobs could be followed: the replies hold no job id or no status where "
            "the workload says; check job_id and status there"
        )
    return f"none of {loop.jobs:,} jobs was done ({_others(loop)}), so nothing is known"


def _hidden(loop: FlowLoop, settings: RecommendSettings) -> str:
    return (
        f"{loop.done:,} of {loop.jobs:,} jobs were done, {_others(loop)}: "
        f"{share_of_calls_text(settings.percentile)} take longer than the "
        f"{at_most((loop.longest_s or 0) * 1e3)} for which jobs were followed; "
        "measure longer, or raise give_up"
    )


def _too_few(loop: FlowLoop, more: int, settings: RecommendSettings) -> str:
    worth = f"{loop.done:,} jobs were done"
    if loop.design_effect is not None and loop.design_effect > 1.0:
        worth += f" (worth {loop.done / loop.design_effect:,.0f}, because slow jobs come in bursts)"
    return (
        f"only {worth}: a reliable upper bound of p{settings.percentile * 100:g} needs "
        f"about {more:,} more, so there is no interval and no limit yet"
    )


def _advice(loop: FlowLoop, settings: RecommendSettings) -> str:
    assert loop.p99_s is not None and loop.p99_upper_s is not None
    within = "" if loop.p50_s is None else f"half of the jobs are done within {at_most(loop.p50_s * 1e3)}, "
    text = (
        f"{within}{share_of_calls_text(settings.percentile)} within {at_most(loop.p99_s * 1e3)} (at most "
        f"{at_most(loop.p99_upper_s * 1e3)} with {settings.confidence * 100:g} % confidence, "
        f"{loop.done:,} jobs): poll every {loop.interval_s} s, at most {loop.loop_limit} times"
    )
    if loop.jobs > loop.done:
        text += f"; {_others(loop)}"
    if loop.throttled:
        text += (
            f"; {percent(loop.throttled / (loop.polls + loop.throttled))} of the polls were "
            "answered with a 429: wait longer after a 429, and do not count it as a poll"
        )
    return text


def _inputs(loop: FlowLoop) -> str:
    """What the jobs were submitted with, where it was invented: a backend may end those sooner."""
    share = loop.invented_share
    if not share:
        return ""
    whose = "all jobs" if share == 1.0 else f"{percent(share)} of the jobs"
    return f"; {whose} had invented inputs"


def _others(loop: FlowLoop) -> str:
    kinds = (
        (loop.failed, "failed"),
        (loop.cancelled, "cancelled"),
        (loop.unfinished, "still running when polling stopped"),
        (loop.unreadable, "without a job id or status"),
    )
    return ", ".join(f"{count:,} {what}" for count, what in kinds if count)
