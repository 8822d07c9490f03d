"""Lines that belong beside a number: what limits it, and what looked wrong while measuring."""

from typing import Final

from analysis.estimates.level_estimates import JudgedLevel
from analysis.estimates.load_levels import Levels
from analysis.estimates.service_time import Timed
from analysis.estimates.stability import starved_workers
from analysis.estimates.time_coverage import TimeCoverage
from analysis.format.action_facts import ActionFacts
from analysis.format.schema import Outcome
from analysis.samples.action_calls import ERRORS
from analysis.settings import RecommendSettings
from analysis.wording import duration, percent, rate, seconds

NOTABLE_SHARE: Final = 0.1
"""A tenth of the tail the percentile leaves: 0.1 % of calls for p99."""


def about_load(levels: Levels, facts: ActionFacts) -> list[str]:
    """Return what the load levels leave open: saturation, and a peak above every level tested."""
    lines = []
    for level in levels.saturated:
        at = f"at {rate(level.rate)} " if level.rate is not None else ""
        lines.append(f"{at}the action is saturated: {level.saturated_because}; that level is not used")
    if not levels.peak_covered and facts.production_peak_rate is not None:
        lines.append(
            f"production peaks at {rate(facts.production_peak_rate)}, above every level tested: "
            "the number may be too low under load"
        )
    return lines


def about_calls(deciding: JudgedLevel, coverage: TimeCoverage, settings: RecommendSettings) -> list[str]:
    """Return what the calls of the deciding level leave open."""
    calls, warm_up, found = deciding.calls, deciding.warm_up, deciding.estimate
    lines = []
    if coverage.grade == "C":
        # Time with calls in it: two short runs a month apart saw two moments, not a month.
        rarer = (
            f" rarer than once per {duration(coverage.measured_s / 3)}" if coverage.measured_s >= 3 else ""
        )
        lines.append(f"measured for {duration(coverage.measured_s)}: slow episodes{rarer} cannot be excluded")
    given_up = calls.count(Outcome.CLIENT_TIMEOUT)
    if given_up > NOTABLE_SHARE * (1.0 - settings.percentile) * len(calls):
        lines.append(
            f"{given_up:,} {'call was' if given_up == 1 else 'calls were'} still running when the run ended "
            "or was given up: counted as slower than that"
        )
    errors = calls.count(*ERRORS)
    if errors > (1.0 - settings.percentile) * len(calls):
        lines.append(
            f"{percent(errors / len(calls))} of calls ended in an error of the backend, the platform or the "
            "network: counted as slower than that"
        )
    if found.quantile_ms is not None:
        starved = starved_workers(calls, found.quantile_ms)
        if starved:
            lines.append(
                f"{starved} of the load generators saw over three times their share of slow calls: "
                "the machine may be the slow part"
            )
    if found.timeout_s is not None and len(warm_up):
        slowest = float(warm_up.latency_ms.max())
        if slowest > found.timeout_s * 1e3:
            lines.append(f"first calls after idle take up to {seconds(slowest)}")
    return lines


def about_the_clock(timed: Timed) -> list[str]:
    """Return a line when the generator was late."""
    if timed.clock == "service":
        return []
    return [
        f"the generator was late (p99 {seconds((timed.lag_p99_s or 0) * 1e3)}): "
        "times count from the planned start"
    ]
