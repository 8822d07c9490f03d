"""What weakens runs as evidence: cut short, rows lost, a load generator that was late, or orgs mixed."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from analysis.format.manifest import Manifest
from analysis.name_lists import by_reason
from analysis.number_words import plural

MOST_SENTENCES: Final = 4
"""With more, runs are told together by what befell them, with the reason of the first."""


def run_weaknesses(manifest: Manifest) -> tuple[str, ...]:
    """Return one sentence for each thing that weakens this run, none for a sound one."""
    return tuple(f"Run {manifest.run_id}{what}{_because(why)}" for what, why in _weaknesses(manifest))


def weaknesses_of(manifests: Iterable[Manifest]) -> tuple[str, ...]:
    """Return the same for several runs: what befell many of them alike, as the windows of a campaign, is one
    sentence."""
    found = [(one.run_id, what, why) for one in manifests for what, why in _weaknesses(one)]
    alike = by_reason((run_id, f"{what}{_because(why)}") for run_id, what, why in found)
    how = "the same for each"
    if len(alike) > MOST_SENTENCES:
        how = "the first of them"
        reasons = {what: why for _, what, why in reversed(found)}
        alike = [
            (names, f"{what}{_because(reasons[what])}")
            for names, what in by_reason((run_id, what) for run_id, what, _ in found)
        ]
    return tuple(
        f"Run {names[0]}{text}"
        if len(names) == 1
        else f"{plural(len(names), 'run')}, {how}: {names[0]}{text}"
        for names, text in alike
    )


def mixed_orgs(manifests: Sequence[Manifest]) -> tuple[str, ...]:
    """Return one sentence where the runs were measured in different orgs or at different hosts."""
    places = sorted(
        {f"{manifest.org_name or manifest.org_id or 'an org'} at {manifest.host}" for manifest in manifests}
    )
    if len(places) < 2:
        return ()
    return (f"These runs were measured in different places: {', '.join(places)}.",)


def _weaknesses(manifest: Manifest) -> Iterator[tuple[str, str | None]]:
    """Each thing that weakens a run, to stand behind its name, and why."""
    if manifest.status != "complete":
        words = {
            "running": "is still running, or was stopped from outside",
            "interrupted": "was interrupted",
            "incomplete": "is incomplete",
            "invalid": "is invalid",
        }[manifest.status]
        if manifest.status == "running" and manifest.before_top_up is not None:
            words = "is being topped up, or was stopped while it was (diag measure --into goes on)"
        yield f" {words}", manifest.status_reason
    if manifest.grade == "INVALID" and manifest.status != "invalid":
        yield ": the load generator failed its own check", manifest.grade_reason


def _because(reason: str | None) -> str:
    return "." if reason is None else f": {reason.rstrip('.')}."
