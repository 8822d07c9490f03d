"""May these calls be added to that run? And the manifest of both together.

Calls of two different things are no measurement of either: another org, another timeout in force, other
inputs or another way of calling is refused, with the reason.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from analysis.format.run_folder import Manifest
from diag.measuring.continuing.cut_short import IN_PART

_GRADES: Final = ("OK", "WARN", "INVALID")


def why_not_added(before: Manifest, now: Manifest) -> str | None:
    """Return the first reason why these calls are none of that run, None where they are."""
    return next(_reasons(before, now), None)


def _reasons(before: Manifest, now: Manifest) -> Iterator[str]:
    if before.status not in ("complete", "interrupted"):
        yield f"the run is {before.status}: what it lacks is not known"
    if before.direct is not None:
        yield "it called backends directly"
    if before.soak_until is not None:
        yield "it is a soak, which the same command goes on with"
    if _place(before) != _place(now):
        yield f"it was made in {_named(before)}, not in {_named(now)}"
    if (before.model, before.arrivals) != (now.model, now.arrivals):
        yield "its calls were spread in another way"
    if before.workload is not None and before.workload_sha256 is None:
        yield "it was made by a diag that did not keep which workload it was"
    if before.workload_sha256 != now.workload_sha256:
        yield "the workload, or a payload file it names, is not as it was then"
    facts = {one.action_id: one for one in before.actions}
    for one in now.actions:
        name, then = one.action_name or one.action_id, facts.get(one.action_id)
        if then is None:
            yield f"it did not call {name}"
        elif then.current_timeout_s != one.current_timeout_s:
            yield (
                f"{name} had a timeout of {_seconds(then.current_timeout_s)} then, and has one of "
                f"{_seconds(one.current_timeout_s)} now"
            )
    if before.platform_facts != now.platform_facts:
        yield "what is known of the platform has changed since (platform.toml)"


def _place(run: Manifest) -> tuple[str | None, str | None]:
    """Which org; a sandbox is known by its org alone: one that a load starts has another port each time."""
    return (None if run.sandbox else run.host, run.org_id)


def _named(run: Manifest) -> str:
    return f"{run.org_name or 'an org'} ({run.host})"


def _seconds(timeout_s: int | None) -> str:
    return "unknown length" if timeout_s is None else f"{timeout_s} s"


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
