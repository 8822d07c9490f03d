"""Warnings beside a verdict: what limits its number, and what went wrong while measuring."""

from collections.abc import Mapping
from typing import Final

from analysis.coverage.time_coverage import TimeCoverage
from analysis.direct_side.broken_contract_words import contract_words
from analysis.estimates.findings import Findings
from analysis.estimates.level_estimates import JudgedLevel
from analysis.estimates.load_levels import Levels
from analysis.estimates.service_time import Timed
from analysis.estimates.stability import Disagreement, starved_workers
from analysis.format.action_facts import ActionFacts
from analysis.format.sample_schema import Outcome
from analysis.number_words import at_most, duration, percent, percentile_name, plural, rate
from analysis.recommend_settings import RecommendSettings
from analysis.runs.invented_inputs import share_invented
from analysis.samples.outcomes_that_count import ERRORS
from analysis.samples.sample_set import OtherTools
from analysis.typed_command import Asked

STRAIGHT_TO_THE_BACKEND: Final = (
    "these calls went straight to the backend, so Genesys' own share of a call is not in them"
)
NOTABLE_SHARE: Final = 0.1
"""A tenth of the tail the percentile leaves: 0.1 % of calls for p99."""


def about_load(levels: Levels, facts: ActionFacts) -> list[str]:
    """Return warnings about the load levels: saturated ones, and a production peak above all of them."""
    lines = []
    for level in levels.saturated:
        at = f"at {rate(level.rate)} " if level.rate is not None else ""
        lines.append(f"{at}the action is saturated: {level.saturated_because}; this level is not used")
    lines += [
        f"{rate(level.missed_rate)} were planned and only {rate(level.rate)} sent: judged as the load reached"
        for level in (*levels.usable, *levels.saturated)
        if level.missed_rate is not None and level.rate is not None
    ]
    if not levels.peak_covered and facts.production_peak_rate is not None:
        lines.append(
            f"production peaks at {rate(facts.production_peak_rate)}, above every level tested: "
            "the timeout may be too short under that load"
        )
    return lines


def about_calls(
    deciding: JudgedLevel, coverage: TimeCoverage, settings: RecommendSettings, settled: Asked | None
) -> list[str]:
    """Return warnings about the calls of the deciding level; `settled`: what next commands repeat, where it
    was stopped when settled, else None."""
    calls, warm_up, estimate = deciding.calls, deciding.warm_up, deciding.estimate
    lines = []
    if coverage.by_windows == "C":
        # Only time with calls counts: two short runs a month apart cover two moments, not a month.
        seen = duration(coverage.measured_s)
        if settled is not None and estimate.timeout_s is not None:
            lines.append(
                f"settled for these {seen}; other hours were not seen: {settled.command('tune')} calls at "
                f"many hours, and {settled.command('observe')} shows those of production"
            )
        else:
            lines.append(f"only {seen} were seen: what happens at busy hours is not known")
    given_up = calls.count(Outcome.CLIENT_TIMEOUT)
    if given_up > NOTABLE_SHARE * (1.0 - settings.percentile) * len(calls):
        lines.append(
            f"{plural(given_up, 'call')} had not finished when the run ended or the "
            "client stopped waiting: counted as slower than the time waited"
        )
    errors = calls.count(*ERRORS)
    if errors > (1.0 - settings.percentile) * len(calls):
        lines.append(
            f"{percent(errors / len(calls))} of calls ended in an error of the backend, the platform or the "
            "network: counted as slower than the time until the error"
        )
    unsent = deciding.refused.get(Outcome.NETWORK_ERROR, 0)  # "exclude": all of them
    made = len(calls) + len(warm_up) + unsent
    if settings.backend_errors == "censor" and unsent > (1.0 - settings.percentile) * made:
        lines.append(
            f"{percent(unsent / made)} of calls found no connection and do not count: if the network was not "
            "down but what they called overloaded, slow calls are missing"
        )
    if estimate.quantile_ms is not None:
        starved = starved_workers(calls, estimate.quantile_ms)
        if starved:
            lines.append(
                f"{starved} of the load generators saw over three times their share of slow calls: "
                "their machine may be the slow part"
            )
    if estimate.timeout_s is not None and len(warm_up):
        slowest = float(warm_up.latency_ms.max())
        if slowest > estimate.timeout_s * 1e3:
            lines.append(f"the first calls after an idle period take up to {at_most(slowest)}")
    return lines


def about_inputs(input_origins: Mapping[str, int], calls: int, asked: Asked) -> list[str]:
    """Return a warning where inputs were invented: a backend may answer what it does not know faster.

    `asked`: what the command that shows how to give real ones repeats."""
    share = share_invented(input_origins, calls)
    if not share:
        return []
    shows = asked.command("measure", before=("--dry-run",))
    whose = "every input was" if share == 1.0 else f"{percent(share)} of inputs were"
    return [
        f'{whose} invented: a backend may answer "not found" to those, faster than it answers real ones, '
        f"and the timeout may be too short; {shows} shows the line that gives real ones"
    ]


def about_other_tools(others: OtherTools) -> list[str]:
    """Return what the files of other tools leave open."""
    return [f"measured by {' and '.join(others.titles)}: {sentence}" for sentence in others.unknown]


def about_backend_alone() -> list[str]:
    """Return what direct calls alone leave open."""
    return [
        f"{STRAIGHT_TO_THE_BACKEND}: they may show that a timeout is too short, never that it is too long"
    ]


def about_broken_contracts(findings: Findings) -> list[str]:
    """Return how many replies broke the action's contract, where, and that a timeout is not the cure."""
    told = contract_words(findings.contract_errors, findings.estimate.samples, findings.broken_contracts)
    return [] if told is None else [told]


def about_the_clock(timed: Timed) -> list[str]:
    """Return warnings when the load generator started calls late, or its clock and the plan's disagree."""
    lines = []
    if timed.clocks_apart_s:
        lines.append(
            "the clock of the plan and that of the sender disagree by up to "
            f"{duration(timed.clocks_apart_s)}: latencies are measured from sending"
        )
    if timed.clock == "service":
        return lines
    return [
        *lines,
        f"the load generator was late (p99 {at_most((timed.lag_p99_s or 0) * 1e3)}): "
        "latencies are measured from the planned start",
    ]


def about_wandering(parts: Disagreement | None, settings: RecommendSettings) -> list[str]:
    """Return a warning where the level wanders during a run and the number covers its slower part."""
    if parts is None or not parts.wanders:
        return []
    name = percentile_name(settings.percentile)
    low, high = (
        "unknown" if part.quantile_ms is None else at_most(part.quantile_ms)
        for part in (parts.faster, parts.slower)
    )
    return [f"latency wanders: {name} was {low} in one part of a run and {high} in another, which counts"]
