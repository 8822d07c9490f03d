"""What weakens a run as evidence: it was cut short, lost rows, or its own generator was late."""

from analysis.run_folder import Manifest


def run_weaknesses(manifest: Manifest) -> tuple[str, ...]:
    """Return one sentence for each thing that weakens this run, none for a sound one."""
    found = []
    if manifest.status != "complete":
        words = {
            "running": "is still running, or was killed",
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


def _because(reason: str | None) -> str:
    return "." if reason is None else f": {reason.rstrip('.')}."
