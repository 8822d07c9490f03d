"""Made-up evidence that stands beside a test in a report: production telemetry, jobs that are polled."""

from dataclasses import replace

import numpy as np

from analysis.jobs.flow_loop import FlowLoop
from analysis.production.hourly_counts import BucketCounts, HourCounts
from analysis.production.production_and_test_alike import Resemblance
from analysis.production.timeout_still_fits import Drift
from analysis.recommend_settings import RecommendSettings
from analysis.statistics.survival_curve import SurvivalCurve
from analysis.views.production_summary import beside_a_test
from analysis.views.summary import ProductionFinding
from reports.report_data import ProductionSource, ReportData
from tests.support.reports.report_factory import START

WEEK_S = 7 * 86_400.0
FINDING = ProductionFinding(
    executions=16_800,
    hours=168,
    since=START - WEEK_S,
    until=START,
    drift=Drift(
        "drifted",
        "6.2 % of executions reach 5 s (accepted: 1.0 %): the action got slower",
        0.062,
        0.057,
        0.067,
    ),
    resemblance=Resemblance(
        "test faster", "5.1 % of test calls and 9.4 % of production took 4 s or longer", 4, 0.094, 0.051
    ),
    remarks=("only the 168 hours since its timeout was last changed count",),
)


def counts_of(action_id: str, median_ms: float, timeout_s: int) -> BucketCounts:
    """Return a week of 100 executions an hour."""
    rng = np.random.default_rng(5)
    edges = np.arange(1, timeout_s + 1) * 1000.0
    hours = []
    for hour in range(168):
        durations = np.sort(rng.lognormal(np.log(median_ms), 0.62, 100))
        below = np.searchsorted(durations, edges)
        hours.append(HourCounts(START - WEEK_S + 3600.0 * hour, 100, tuple(below.tolist())))
    return BucketCounts(action_id, tuple(hours))


def make_production(data: ReportData) -> ReportData:
    """Return the report with a week of production beside every action."""
    summaries = {
        action.action_id: beside_a_test(
            data.summaries[action.action_id],
            counts_of(action.action_id, (action.p50_ms or 900.0) * 1.2, action.current_timeout_s or 60),
            FINDING,
            RecommendSettings(),
        )
        for action in data.analysis.actions
    }
    source = ProductionSource(
        host="https://api.mypurecloud.de",
        sandbox=False,
        org_name="Acme Insurance",
        since=START - WEEK_S,
        until=START,
        not_observed=(("Address check", "no execution in 168 hours"),),
        unknown="The platform does not say how late its numbers come.",
    )
    return replace(data, summaries=summaries, production=source)


def make_loops(data: ReportData) -> ReportData:
    """Return the report with two flows that submit work and look for it: one answered, one refused."""
    times = tuple(float(t) for t in np.geomspace(8_000, 95_000, 60))
    share = tuple(float(value) for value in np.linspace(0.99, 0.004, 60))
    curve = SurvivalCurve(
        times, share, tuple(max(s - 0.03, 0.0) for s in share), tuple(min(s + 0.03, 1.0) for s in share)
    )
    good = FlowLoop(
        action_id="custom_-_submit",
        action_name="Submit credit check",
        poll_action_name="Look at credit check",
        jobs=412,
        done=405,
        failed=2,
        cancelled=1,
        unfinished=4,
        unreadable=0,
        polls=5_120,
        throttled=3,
        polls_per_job=12.6,
        looked_every_s=2.0,
        reason="99 of 100 jobs are done within 88 s (at most 101 s with 95 % confidence): "
        "every 5 s, at most 25 times.",
        p50_s=24.2,
        p95_s=66.0,
        p99_s=88.0,
        p99_upper_s=101.0,
        longest_s=180.0,
        interval_s=5,
        loop_limit=25,
        wait_s=121.2,
        cut_off_share=0.004,
        input_origins={"invented": 103, "file": 309},
        curve=curve,
    )
    few = replace(
        good,
        action_name="Book a visit",
        jobs=30,
        done=28,
        reason="Too few jobs: about 270 more are needed.",
        p99_s=None,
        p99_upper_s=None,
        interval_s=None,
        loop_limit=None,
        jobs_needed=270,
        input_origins={"invented": 8, "file": 22},
        curve=None,
    )
    return replace(data, analysis=replace(data.analysis, loops=(good, few)))
