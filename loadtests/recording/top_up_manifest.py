"""The manifest of a run to which calls are added: while they are made, and of both together."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from analysis.format.manifest import Manifest
from diag.measuring.continuing.calls_of_killed_run import IN_PART

_GRADES: Final = ("OK", "WARN", "INVALID")


def added_to(before: Manifest, now: Manifest, note: str) -> Manifest:
    """Return the manifest while the calls are made: that of the run, with what is known anew."""
    anew = {one.action_id: one for one in now.actions}
    return replace(
        before,
        status="running",
        before_top_up=before.status,
        actions=tuple(anew.get(one.action_id, one) for one in before.actions),
        concurrency_limit=now.concurrency_limit,
        versions=now.versions,
        notes=(*before.notes, note),
        ended_at=None,
        status_reason=None,
    )


def ended_as(before: Manifest, after: Manifest, cut_short: Mapping[str, float]) -> Manifest:
    """Return the manifest of both where the added calls came to an end, in whichever way.

    Calls that were added do not make less of those before: where not all were made, the run is what it was.
    `cut_short`: where calls of theirs were lost, what does not count for it.
    """
    both = replace(_worst_of(before, after), before_top_up=None, cut_short={**cut_short, **before.cut_short})
    if both.status not in ("interrupted", "incomplete"):
        return both
    return replace(both, status=before.status, status_reason=f"{IN_PART}: {both.status_reason}")


def _worst_of(before: Manifest, after: Manifest) -> Manifest:
    """Return the second with the worse grade of both, and the worse of their figures."""
    figures = {**before.generator, **after.generator}
    both = {name: max(before.generator.get(name, one), one) for name, one in figures.items()}
    worse = _severity(before) > _severity(after)
    return replace(
        after,
        streams=before.streams,
        generator=both,
        grade=before.grade if worse else after.grade,
        grade_reason=before.grade_reason if worse else after.grade_reason,
    )


def _severity(manifest: Manifest) -> int:
    return -1 if manifest.grade is None else _GRADES.index(manifest.grade)
