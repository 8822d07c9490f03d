"""What weakens runs as evidence: cut short, rows lost, a load generator that was late, or orgs mixed."""

from collections.abc import Sequence

from analysis.format.run_folder import Manifest


def run_weaknesses(manifest: Manifest) -> tuple[str, ...]:
    """Return one sentence for each thing that weakens this run, none for a sound one."""
    found = []
    if manifest.status != "complete":
        words = {
            "running": "is still running, or was stopped from outside",
            "interrupted": "was interrupted",
            "incomplete": "is incomplete",
            "invalid": "is invalid",
        }[manifest.status]
        found.append(f"Run {manifest.run_id} {words}{_because(manifest.status_reason)}")
    if manifest.grade == "INVALID" and manifest.status != "invalid":
        found.append(
            f"Run {manifest.run_id}: the load generator failed its own check{_because(manifest.grade_reason)}"
        )
    return tuple(found)


def mixed_orgs(manifests: Sequence[Manifest]) -> tuple[str, ...]:
    """Return one sentence where the runs were measured in different orgs or at different hosts."""
    places = sorted(
        {f"{manifest.org_name or manifest.org_id or 'an org'} at {manifest.host}" for manifest in manifests}
    )
    if len(places) < 2:
        return ()
    return (f"These runs were measured in different places: {', '.join(places)}.",)


def _because(reason: str | None) -> str:
    return "." if reason is None else f": {reason.rstrip('.')}."
