"""May these calls be added to that run?

Calls of two different things are no measurement of either: another org, another timeout in force, other
inputs or another way of calling is refused, with the reason.
"""

from collections.abc import Iterator

from analysis.format.manifest import Manifest


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
