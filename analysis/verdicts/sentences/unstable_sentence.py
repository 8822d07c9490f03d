"""The sentence of `unstable`: what disagrees, by how much, and which number covers it."""

from analysis.estimates.findings import Findings
from analysis.estimates.stability import LevelChange
from analysis.moment_words import clock_time
from analysis.number_words import at_most_of, duration, noun, percentile_name, plural
from analysis.recommend_settings import RecommendSettings
from analysis.verdicts.which_verdict import Decision


def unstable(findings: Findings, decision: Decision, settings: RecommendSettings) -> str:
    """Return the sentence of parts that disagree: runs, days, or before and after a change in one run."""
    parts = findings.disagreement
    assert parts is not None
    if parts.change is not None:
        return _changed(parts.change, findings, decision, settings)
    fast, slow = (
        at_most_of(
            part.quantile_ms if part.quantile_ms is not None else part.lower_ms or 0, findings.precision
        )
        for part in (parts.faster, parts.slower)
    )
    where = "one run" if parts.between == "runs" else "one day"
    return (
        f"{percentile_name(settings.percentile)} was {fast} in {where} and {slow} in another: find out why; "
        f"{_number_for('the slower one', decision, settings)}."
    )


def _changed(change: LevelChange, findings: Findings, decision: Decision, settings: RecommendSettings) -> str:
    """Where a run changed, and which number covers it: "p99 rose from ... to ... 6 min into a run"."""
    name = percentile_name(settings.percentile)
    before, after = (
        "beyond its timeout" if ms is None else at_most_of(ms, findings.precision)
        for ms in (change.before_ms, change.after_ms)
    )
    rose = change.before_ms is not None and (change.after_ms is None or change.after_ms >= change.before_ms)
    parts = findings.disagreement
    where = "the measurement, to its end" if parts is not None and parts.lasts else "a run"
    since = f"{duration(change.after_s)} into {where}, at {clock_time(change.at)}"
    how = f"{'rose' if rose else 'fell'} from {before} to {after} {since}"
    if change.kind == "drift":
        how = f"{'rose' if rose else 'fell'} steadily during a run, from {before} to {after}"
    if decision.timeout_s is None:
        slow = change.calls_after if rose else change.calls_before
        few = plural(slow, "slower call")
        return f"{name} {how}: find out why, and measure again: {few} {noun(slow, 'is', 'are')} too few."
    return f"{name} {how}: find out why; {_number_for('the slower part', decision, settings)}."


def _number_for(what: str, decision: Decision, settings: RecommendSettings) -> str:
    if (decision.uncapped_s or 0) > settings.cap_s:
        return f"{what} needs {decision.uncapped_s} s, above the cap of {settings.cap_s} s"
    return f"{decision.timeout_s} s would cover {what}"
