"""What `diag observe` says beside its verdicts: how it was read, what is unknown, what was not judged."""

from typing import Final

from analysis.name_lists import first_names, reason_lines
from analysis.number_words import duration, noun, plural
from analysis.production.recommend_production import TO_PLAN
from diag.production.production_evidence import ProductionEvidence

NOT_DOCUMENTED: Final = (
    "Genesys does not document how late these numbers arrive (the newest hour is left out) or whether they "
    "include test calls."
)
"""What Genesys does not document about its telemetry (docs/genesys-api.md, "Analytics")."""
FAST_FAILURES: Final = "Executions that failed fast count as fast."


def unknown_of(evidence: ProductionEvidence) -> str:
    """Return what the platform does not tell about its numbers, as sentences."""
    told = all(action.counts.outcomes_known for action in evidence.observed.values())
    return NOT_DOCUMENTED if told and evidence.observed else f"{NOT_DOCUMENTED} {FAST_FAILURES}"


def read_as(evidence: ProductionEvidence) -> tuple[str, ...]:
    """Return sentences: how exactly durations were read, and whether the platform's own figures agree."""
    exact = sum(action.counts.to_the_millisecond for action in evidence.observed.values())
    lines = []
    if exact:
        of = "" if exact == len(evidence.observed) else f" of {len(evidence.observed)}"
        lines.append(
            f"Read execution by execution: {exact}{of} {noun(exact, 'action', 'actions')}, "
            "to the millisecond."
        )
    compared = [action.platform for action in evidence.observed.values() if action.platform is not None]
    agree = sum(one.agrees for one in compared)
    if agree:
        lines.append(
            f"The platform's own p95 and p99 agree for {agree} of {plural(len(compared), 'action')}."
        )
    return tuple(lines)


def not_observed_lines(evidence: ProductionEvidence, most_named: int | None = None) -> list[str]:
    """Return why actions were not judged, one line for each reason; one for all that were not used, of which
    at most so many are named."""
    unused = [missing for missing in evidence.not_observed if missing.unused]
    lines = []
    if unused:
        days = duration(evidence.until - evidence.since)
        who, was = plural(len(unused), "action"), noun(len(unused), "was", "were")
        names = first_names([missing.action_name for missing in unused], most_named)
        lines.append(
            f"{who} {was} not used in the last {days}, so production says nothing of "
            f"{noun(len(unused), 'it', 'them')}: {names}."
        )
    others = ((one.action_name, one.why) for one in evidence.not_observed if one not in unused)
    return [*lines, *(f"Not judged: {line}." for line in reason_lines(others))]


def plan_command(source: str | None) -> str:
    """Return the command that saves a plan from the same telemetry, judged by the same rules."""
    return f"diag observe {source} --out plan.json" if source else TO_PLAN
