"""The manifest of a run: what was run, against what, with which versions, what was left out.

It is replaced atomically, so a reader never sees half of it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypedDict

from analysis.analysis_errors import UnreadableSamplesError
from analysis.dataclass_to_json import Written
from analysis.format.action_facts import ActionFacts
from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import Amount, Count, UnixSeconds, WrongShapeError, typed
from analysis.format.run_folder import RunFolder
from analysis.plain_text import json_text

MANIFEST_VERSION: Final = 1
Status = Literal["running", "complete", "interrupted", "incomplete", "invalid"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that was not measured, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Approved:
    """Genesys' approval of a run beyond the limits: ticket, hours as written, and the clock they are on."""

    ticket: str
    hours: str
    zone: str


@dataclass(frozen=True, slots=True)
class DirectRun:
    """Of a run that called backends themselves: which actions, where that was allowed, and how."""

    actions: tuple[str, ...]
    """Their ids; each may also have been called through Genesys Cloud."""
    hosts: Mapping[str, Amount] = field(default_factory=dict)
    """Host -> most calls/s, as the person confirmed it; a sandbox's own backends need no confirmation."""
    timeout_s: Amount | None = None
    """Instead of the actions' own timeouts; None: these."""
    audit: bool = False


@dataclass(frozen=True, slots=True)
class UsedFact:
    """What was learnt of the platform and a run went by: `value` as JSON, `found` on this date (ISO, UTC)."""

    key: str
    value: str
    found: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Facts of one run. Times are Unix seconds (UTC); `status` stays "running" if the process was killed."""

    run_id: str
    """Name of the folder."""
    created_at: UnixSeconds
    status: Status
    sandbox: bool
    host: str
    """API address without the scheme."""
    model: Literal["open", "closed"]
    """Open: calls leave on schedule; closed: each waits for the one before."""
    actions: tuple[ActionFacts, ...]
    """Facts of each action that was to be called."""
    left_out: tuple[LeftOut, ...] = ()
    """What was not measured, and why."""
    org_name: str | None = None
    org_id: str | None = None
    workload: str | None = None
    """Path of the workload file."""
    arrivals: str | None = None
    """How arrivals are spread: `poisson` or `constant`."""
    rates: tuple[tuple[str, Amount], ...] = ()
    """(action_id, planned calls/s of one arrival stream)."""
    streams: Count | None = None
    """Arrival streams (Locust users) asked for, at most at once; 1 where no number was given.
    Each sends `rates`; on an org all together stay below what its limits leave (see `notes`)."""
    soak_until: UnixSeconds | None = None
    """When a soak is over, Unix seconds: until then the same command goes on here. None: no soak."""
    ended_at: UnixSeconds | None = None
    status_reason: str | None = None
    """Why it did not end as `complete`."""
    calls: Count | None = None
    """Calls on disk."""
    dropped: Count | None = None
    """Arrivals the in-flight guard held back: counted, never silently lost."""
    grade: Literal["OK", "WARN", "INVALID"] | None = None
    """The grade of the load generator's self-check."""
    grade_reason: str | None = None
    """The figure that decided it."""
    generator: Mapping[str, float] = field(default_factory=dict)
    """Figures of the load generator itself (loadtests.recording.generator_figures), with workers the
    worst of each:
    schedule_lag_p99_ms, hub_lag_p99_ms, run_queue_share, cpu_share. Unknown ones are left out."""
    versions: tuple[tuple[str, str], ...] = ()
    """Pairs of name and version: diag, Python, Locust, gevent."""
    concurrency_limit: Count | None = None
    """Org-wide concurrent executions, read live from the limits endpoint."""
    recommend: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Per action id: the `recommend` table of the workload (`analysis.recommend_settings.with_overrides`)."""
    platform_facts: tuple[UsedFact, ...] = ()
    """What was learnt of the platform and the run went by (docs/formats.md, "Platform file")."""
    platform_contradicted: Mapping[str, Count] = field(default_factory=dict)
    """Replies that did not fit such a fact, by its key."""
    notes: tuple[str, ...] = ()
    """Sentences for the reader: what the guard did, where a ramp bent."""
    approval: Approved | None = None
    """Of a run beyond the limits of an org; None: it kept them, or it was no org."""
    direct: DirectRun | None = None
    """Of a run that called backends themselves; None: it called none."""
    workload_sha256: str | None = None
    """Of the workload and the payload files that it names, as the run began; None: there was no workload, or
    an earlier diag did not keep it."""
    before_top_up: Status | None = None
    """While calls are added to a run: its status before, which it has again if that is cut short."""
    cut_short: Mapping[str, UnixSeconds] = field(default_factory=dict)
    """Load processes that were stopped from outside in a run that was topped up later, by name: calls that
    began at this moment or later do not count, for slower ones of the same time were lost."""


class ManifestHead(TypedDict):
    """What a manifest says of itself."""

    format_version: Literal[1]


MANIFEST_WRITTEN: Final = Written(Manifest, added=(ManifestHead,))


def write_manifest(folder: RunFolder, manifest: Manifest) -> None:
    """Write the manifest, whole or not at all."""
    folder.path.mkdir(parents=True, exist_ok=True)
    head: ManifestHead = {"format_version": MANIFEST_VERSION}
    write_whole(folder.manifest, json_text({**head, **MANIFEST_WRITTEN.of(manifest)}, indent=1))


def read_manifest(folder: RunFolder) -> Manifest | None:
    """Return the manifest, or None where there is none (a run killed before it began).

    Raises UnreadableSamplesError when the file is there but was not written by diag, or in another format.
    """
    if not os.path.lexists(folder.manifest):
        return None
    file = InputFile(
        folder.manifest,
        UnreadableSamplesError,
        f"The samples can still be read: diag recommend {folder.samples}",
    )
    body = file.json_object(MANIFEST_VERSION)
    try:
        return typed(Manifest, body)
    except WrongShapeError as error:
        raise file.unfit(f"is not a run manifest: {error}") from None


def latest_run(runs: Path) -> RunFolder | None:
    """Return the run below `runs` that began last, or None; a run's name does not show its age."""
    if not runs.is_dir():
        return None
    found = [
        RunFolder(entry)
        for entry in runs.iterdir()
        if entry.is_dir() and ((entry / "manifest.json").exists() or (entry / "segments").is_dir())
    ]
    return max(found, key=lambda folder: (_began_at(folder), folder.path.name), default=None)


def _began_at(folder: RunFolder) -> float:
    try:
        manifest = read_manifest(folder)
    except UnreadableSamplesError:
        manifest = None
    return manifest.created_at if manifest else folder.path.stat().st_mtime
