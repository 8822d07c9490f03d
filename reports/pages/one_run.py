"""What was run in one run: where, how, when and with what (several windows together: `windows_together`)."""

from analysis.format.manifest import Approved, Manifest
from analysis.number_words import plural
from analysis.plain_text import printable
from reports.wording import numbers
from reports.wording.date_and_time import moment
from reports.wording.traced_text import TracedText, traced, traced_join, traced_number

Facts = tuple[tuple[str, str], ...]
"""Pairs of (term, text)."""


def what_was_run(manifest: Manifest, zone: str | None) -> Facts:
    """Return one run's facts as (term, text), numbers relative to its entry; the unknown is left out."""
    model = {
        "open": "open: calls were sent on schedule, whether or not earlier ones had been answered",
        "closed": "closed: each user waited for a reply before its next call",
    }[manifest.model]
    grade = manifest.grade and traced_join(" – ", filter(None, (manifest.grade, manifest.grade_reason)))
    facts: tuple[tuple[str, str | None], ...] = (
        ("Target", "SANDBOX" if manifest.sandbox else f"org {manifest.org_name or '(name unknown)'}"),
        ("Host", manifest.host),
        ("Started", moment(manifest.created_at, zone, "created_at")),
        ("Lasted", _lasted(manifest)),
        ("Ended", traced_join(": ", filter(None, (manifest.status, manifest.status_reason)))),
        ("Workload", manifest.workload),
        ("Load model", model),
        ("Arrivals", manifest.arrivals),
        ("Planned rate", _planned(manifest)),
        ("Calls", count_at(manifest.calls, "calls")),
        ("Not sent", not_sent(manifest.dropped)),
        ("Load generator's self-check", grade),
        ("Load generator's figures", _generator(manifest)),
        ("Concurrent executions allowed", count_at(manifest.concurrency_limit, "concurrency_limit")),
        ("Approved by Genesys", _approved(manifest.approval)),
        ("Platform facts", _platform(manifest)),
        ("Remarks", " ".join(note if note.endswith(".") else f"{note}." for note in manifest.notes) or None),
        ("Versions", ", ".join(f"{name} {version}" for name, version in manifest.versions) or None),
    )
    return tuple((term, text) for term, text in facts if text is not None)


def _platform(manifest: Manifest) -> str | None:
    """Return what was learnt of the platform and the run went by, and when that was; None: nothing."""
    used = manifest.platform_facts
    if not used:
        return None
    named = ((fact.key.replace("_", " "), fact.value.strip('"')) for fact in used)
    said = ", ".join(f"{name}: {value}" for name, value in named)
    return printable(f"{said} (learnt on {max(fact.found for fact in used)})")


def _approved(approval: Approved | None) -> str | None:
    """Return the ticket by which a run went beyond the limits, and its hours."""
    if approval is None:
        return None
    return printable(f"ticket {approval.ticket}: {approval.hours} {approval.zone}")


def _lasted(manifest: Manifest) -> TracedText | None:
    if manifest.ended_at is None:
        return None
    lasted = manifest.ended_at - manifest.created_at
    return traced_number(numbers.duration(lasted), lasted, "lasted_s")


def _planned(manifest: Manifest) -> TracedText | None:
    planned = sum(rate for _, rate in manifest.rates)
    if not planned:
        return None
    over = traced_number(plural(len(manifest.rates), "action"), len(manifest.rates), "planned_actions")
    text = traced("{} over {}", traced_number(numbers.rate(planned), planned, "planned_rate"), over)
    if manifest.streams is None or manifest.streams == 1:
        return text
    return traced(
        "{}, times up to {}", text, traced_number(f"{manifest.streams} users", manifest.streams, "streams")
    )


def _generator(manifest: Manifest) -> TracedText | None:
    """The figures the generator's verdict rests on (loadtests/recording/generator_grade.py)."""
    figures = {
        "schedule_lag_p99_ms": ("sent {} late (p99)", numbers.latency),
        "hub_lag_p99_ms": ("latencies {} too high (p99)", numbers.latency),
        "run_queue_share": ("waited {} of the time for a core", numbers.share),
        "cpu_share": ("{} of a core in use", numbers.share),
    }
    known = manifest.generator or {}
    parts = [
        traced(pattern, traced_number(show(known[name]), known[name], f"generator/{name}"))
        for name, (pattern, show) in figures.items()
        if name in known
    ]
    return traced_join(" · ", parts) if parts else None


def not_sent(dropped: int | None) -> str | None:
    """Return how many arrivals of the schedule led to no call; the reason is among the run's remarks."""
    if not dropped:
        return None if dropped is None else "no planned call was left out"
    return traced_number(plural(dropped, "planned call"), dropped, "dropped")


def count_at(value: int | None, place: str) -> TracedText | None:
    """Return a count that stands at `place` in the JSON; None where it is unknown."""
    return None if value is None else traced_number(numbers.count(value), value, place)
