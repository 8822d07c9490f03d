"""The calls that diag itself made of an org's actions, by hour: the platform may count them as production's.

Calls straight to a backend are none of them: the platform never saw them.

Standard library only: the load process asks, too, before its first call.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.call_record import NAMES_SUFFIX, TARGET_CODES, moments
from analysis.format.manifest import read_manifest
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import ActionVersion
from analysis.format.whole_records import SegmentTail, read_names, segment_paths

HOUR_S: Final = 3600.0
_DIRECT: Final = TARGET_CODES[ActionVersion.DIRECT]
AT_ONCE: Final = 100_000
"""Records read at once: a run may have made ten million calls."""

OwnCalls = Mapping[str, Mapping[float, int]]
"""Calls by action id and hour (its start in Unix seconds)."""


def own_calls(folders: Iterable[Path], host: str, org_id: str | None, since: float) -> OwnCalls:
    """Return what the runs in `folders`, and the windows of the campaigns in them, called in this org.

    Calls that left at `since` (Unix seconds) or later, whatever became of them. A run that cannot be read, or
    was moved elsewhere, is not counted; one that does not say in which org it was made counts.
    """
    found: dict[str, dict[float, int]] = {}
    for run in _runs(folders):
        fresh = [path for path in segment_paths(run) if _changed_at(path) >= since]
        if not fresh or not _is_of(run, host, org_id):
            continue
        for path in fresh:
            for (action_id, hour), calls in _calls(path, since).items():
                hours = found.setdefault(action_id, {})
                hours[hour] = hours.get(hour, 0) + calls
    return found


def _runs(folders: Iterable[Path]) -> Iterator[RunFolder]:
    """Each folder of segments once, however it is reached."""
    seen: set[Path] = set()
    for folder in folders:
        for pattern in ("*/segments", "*/windows/*/segments"):
            for segments in sorted(folder.glob(pattern)):
                place = segments.resolve()
                if place not in seen:
                    seen.add(place)
                    yield RunFolder(segments.parent)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _is_of(run: RunFolder, host: str, org_id: str | None) -> bool:
    try:
        manifest = read_manifest(run)
    except UnreadableSamplesError:
        return False
    if manifest is None:
        return False
    return manifest.host == host and (None in (manifest.org_id, org_id) or manifest.org_id == org_id)


def _calls(path: Path, since: float) -> Mapping[tuple[str, float], int]:
    """Calls of a segment by action id and hour."""
    found: Counter[tuple[int, float]] = Counter()
    try:
        names, _ = read_names(path.with_suffix(NAMES_SUFFIX))
        tail = SegmentTail(path)
        while records := tail.read(AT_ONCE):
            found.update(
                (code, at - at % HOUR_S)
                for code, at, target in moments(records)
                if at >= since and target != _DIRECT
            )
    except OSError:
        return {}
    actions = names.get("action", {})
    return {(actions[code], hour): calls for (code, hour), calls in found.items() if code in actions}
