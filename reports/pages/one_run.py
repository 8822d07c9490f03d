"""What was run, run by run: where, how, when and with what; the windows of a campaign as one entry."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypedDict
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analysis.format.run_folder import Approved, Manifest
from analysis.number_words import plural
from analysis.plain_text import printable
from reports.wording import numbers
from reports.wording.traced_text import TracedText, traced, traced_join, traced_number

Facts = tuple[tuple[str, str], ...]
"""Pairs of (term, text)."""

MANY: Final = 6
"""So many windows of a campaign are one entry: a day has 418."""
MOST_REMARKS: Final = 5
_WINDOW: Final = re.compile(r"(.+)-w[0-9]{4,}")
_SHARED: Final = frozenset(
    {
        "Target", "Host", "Workload", "Load model", "Arrivals", "Concurrent executions allowed",
        "Approved by Genesys", "Platform facts", "Versions",
    }
)  # fmt: skip
"""What all windows of a campaign have in common."""


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A run, or the windows of a campaign together; the numbers of `facts` stand at `place` in the JSON."""

    title: str
    facts: Facts
    place: str


class WindowsJson(TypedDict):
    """The windows of one campaign together; times in Unix seconds."""

    campaign: str
    windows: int
    created_at: float
    ended_at: float | None
    calls: int
    dropped: int
    concurrency_limit: int | None
    status: dict[str, int]
    """How many windows ended how."""
    grade: dict[str, int]
    """How many windows got which grade of the load generator."""


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of one campaign, in the order of their starts."""

    campaign: str
    manifests: tuple[Manifest, ...]

    @property
    def ended_at(self) -> float | None:
        """Return when the last of them ended (Unix seconds), as far as is known."""
        return max((one.ended_at for one in self.manifests if one.ended_at is not None), default=None)

    @property
    def calls(self) -> int:
        """Return the calls of all."""
        return sum(one.calls or 0 for one in self.manifests)

    @property
    def dropped(self) -> int:
        """Return the arrivals of all that led to no call."""
        return sum(one.dropped or 0 for one in self.manifests)

    def to_json(self) -> WindowsJson:
        """Return the numbers of its entry."""
        return {
            "campaign": self.campaign,
            "windows": len(self.manifests),
            "created_at": self.manifests[0].created_at,
            "ended_at": self.ended_at,
            "calls": self.calls,
            "dropped": self.dropped,
            "concurrency_limit": self.manifests[0].concurrency_limit,
            "status": self.counted("status"),
            "grade": self.counted("grade"),
        }

    def counted(self, name: str) -> dict[str, int]:
        """Return how many windows have which value of a field of their manifests; those without are left
        out."""
        values = (getattr(one, name) for one in self.manifests)
        return dict(Counter(str(value) for value in values if value is not None).most_common())


def windows_of(manifests: Sequence[Manifest]) -> tuple[Windows, ...]:
    """Return the campaigns of which there are many windows, in the order of their first."""
    found: dict[str, list[Manifest]] = {}
    for manifest in sorted(manifests, key=lambda one: one.created_at):
        campaign = _campaign_of(manifest)
        if campaign is not None:
            found.setdefault(campaign, []).append(manifest)
    return tuple(Windows(name, tuple(windows)) for name, windows in found.items() if len(windows) >= MANY)


def run_entries(manifests: Sequence[Manifest], zone: str | None) -> tuple[RunEntry, ...]:
    """Return an entry for each run; for the windows of a campaign one together, where there are many."""
    together = {
        windows.campaign: RunEntry(
            f"{windows.campaign}, all windows", _what_windows_were(windows, zone), f"/campaigns/{number}"
        )
        for number, windows in enumerate(windows_of(manifests))
    }
    entries = (
        together.get(_campaign_of(manifest) or "")
        or RunEntry(manifest.run_id, what_was_run(manifest, zone), f"/runs/{at}")
        for at, manifest in enumerate(manifests)
    )
    return tuple({entry.place: entry for entry in entries}.values())


def _campaign_of(manifest: Manifest) -> str | None:
    found = _WINDOW.fullmatch(manifest.run_id)
    return None if found is None else found[1]


def _what_windows_were(windows: Windows, zone: str | None) -> Facts:
    first, many, ended_at = windows.manifests[0], len(windows.manifests), windows.ended_at
    shared = [pair for pair in what_was_run(first, zone) if pair[0] in _SHARED]
    notes = [*dict.fromkeys(note for one in windows.manifests for note in one.notes)][:MOST_REMARKS]
    facts: tuple[tuple[str, str | None], ...] = (
        *shared[:2],
        ("Windows", traced_number(numbers.count(many), many, "windows")),
        ("Started", moment(first.created_at, zone, "created_at")),
        ("Over", None if ended_at is None else moment(ended_at, zone, "ended_at")),
        ("Ended", _each(windows, "status")),
        ("Calls", _count(windows.calls, "calls")),
        ("Not sent", _not_sent(windows.dropped)),
        ("Load generator's self-check", _each(windows, "grade")),
        ("Remarks", " ".join(note if note.endswith(".") else f"{note}." for note in notes) or None),
        *shared[2:],
    )
    return tuple((term, text) for term, text in facts if text is not None)


def _each(windows: Windows, name: str) -> TracedText:
    return traced_join(
        ", ",
        [
            traced("{} {}", value, traced_number(numbers.count(many), many, f"{name}/{value}"))
            for value, many in windows.counted(name).items()
        ],
    )


def moment(at: float, zone: str | None, place: str) -> TracedText:
    """Return a time as `2026-11-21 22:13:10 UTC`, with the named zone's clock behind it when there is one.

    `place`: where the time stands in the JSON, in Unix seconds.
    """
    utc = datetime.fromtimestamp(at, UTC)
    text = f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    if zone is not None and zone != "UTC":
        try:
            local = utc.astimezone(ZoneInfo(zone))
        except (ZoneInfoNotFoundError, ValueError):
            return traced_number(text, at, place)
        day = "" if local.date() == utc.date() else f"{local:%Y-%m-%d} "
        text = f"{text} ({day}{local:%H:%M} {zone})"
    return traced_number(text, at, place)


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
        ("Calls", _count(manifest.calls, "calls")),
        ("Not sent", _not_sent(manifest.dropped)),
        ("Load generator's self-check", grade),
        ("Load generator's figures", _generator(manifest)),
        ("Concurrent executions allowed", _count(manifest.concurrency_limit, "concurrency_limit")),
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


def _not_sent(dropped: int | None) -> str | None:
    """Return how many arrivals of the schedule led to no call; the reason is among the run's remarks."""
    if not dropped:
        return None if dropped is None else "no planned call was left out"
    return traced_number(plural(dropped, "planned call"), dropped, "dropped")


def _count(value: int | None, place: str) -> TracedText | None:
    return None if value is None else traced_number(numbers.count(value), value, place)
