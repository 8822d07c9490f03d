"""A run whose load process was stopped from outside, as what it holds whole.

The calls that were in flight then are lost with the process, and the slow ones are in flight longest. So no
call counts that began since the oldest of them: the fast ones among these would stand for the slow ones, too
(docs/method.md, "Calls that count").
"""

import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from analysis.format.call_record import EVENTS_SUFFIX, RECORD_SIZE, moments
from analysis.format.event_lines import last_second
from analysis.format.manifest import Manifest, read_manifest, write_manifest
from analysis.format.run_folder import RunFolder
from analysis.format.whole_records import SegmentTail, segment_paths
from diag.errors import UsageError
from diag.measuring.continuing.recorded_so_far import last_moment
from diag.measuring.run_lock import take_lock

IN_PART: Final = "topped up in part"
_STOPPED: Final = "its process was stopped from outside"
_AT_ONCE: Final = 10_000
_NOT_WHOLE: Final = ("running", "incomplete")


def cut_short(folder: RunFolder) -> dict[str, float]:
    """Return, by load process, the start (Unix seconds) up to which every call is on disk; only those with
    calls that began later. Raises OSError.

    One that came to its end is none of them: its last line was written when nothing was in flight any more.
    """
    found = {}
    for path in segment_paths(folder):
        calls, newest = _calls_and_newest(path)
        second = last_second(path.with_suffix(EVENTS_SUFFIX), calls)
        until = 0.0 if second is None else min(second.oldest.values(), default=second.at)
        if newest >= until:
            found[path.stem] = until
    return found


def _calls_and_newest(path: Path) -> tuple[int, float]:
    """How many calls a process has on disk, and when the newest of them began; part by part, for they may be
    millions."""
    tail, calls, newest = SegmentTail(path), 0, -math.inf
    while records := tail.read(_AT_ONCE):
        calls += len(records) // RECORD_SIZE
        newest = max(newest, max(start for _, start, _ in moments(records)))
    return calls, newest


def ended_from_outside(folder: RunFolder, manifest: Manifest) -> Manifest:
    """Return the manifest of a run that is over: where its process was stopped, written anew, so that it is
    judged by what it holds whole, as what it was before it was topped up.

    Raises UsageError while it is going on, OSError where it cannot be written.
    """
    if manifest.status not in _NOT_WHOLE or manifest.soak_until is not None:
        return manifest
    lock = take_lock(folder.path)
    if lock is None:
        raise UsageError(f"A run is going on in {folder.path}.", hint="Top it up once it has ended.")
    try:
        manifest = read_manifest(folder) or manifest  # it may have ended by itself since
        if manifest.status in _NOT_WHOLE:
            manifest = whole(folder, manifest)
            if manifest.cut_short:
                folder.samples.unlink(missing_ok=True)  # it was made before, and holds what does not count
            write_manifest(folder, manifest)
    finally:
        os.close(lock)
    return manifest


def whole(folder: RunFolder, manifest: Manifest) -> Manifest:
    """Return the manifest of what such a run holds whole. Raises OSError."""
    stopped = _STOPPED if manifest.before_top_up is None else f"{IN_PART}: {_STOPPED}"
    return replace(
        manifest,
        status=manifest.before_top_up or "interrupted",
        status_reason=manifest.status_reason or stopped,
        before_top_up=None,
        ended_at=manifest.ended_at or last_moment(folder),
        cut_short={**cut_short(folder), **manifest.cut_short},
    )
