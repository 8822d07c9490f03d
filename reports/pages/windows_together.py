"""From how many windows of a campaign on they are told together, and what is told of them as one entry."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

from analysis.format.manifest import Manifest
from reports.pages.one_run import Facts, count_at, not_sent, what_was_run
from reports.wording import numbers
from reports.wording.date_and_time import moment
from reports.wording.traced_text import TracedText, traced, traced_join, traced_number

ONE_ENTRY_FROM: Final = 6
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
    return tuple(
        Windows(name, tuple(windows)) for name, windows in found.items() if len(windows) >= ONE_ENTRY_FROM
    )


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
        ("Calls", count_at(windows.calls, "calls")),
        ("Not sent", not_sent(windows.dropped)),
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
