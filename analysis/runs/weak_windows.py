"""How many windows of a campaign may be cut short, or measured late, before the whole is weak evidence."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analysis.format.manifest import Manifest
from analysis.runs.run_weaknesses import run_weaknesses

TOLERATED: Final = 0.1
"""Part of the windows that may have been cut short or measured late without weakening the rest."""


def as_one_measurement(manifests: Sequence[Manifest]) -> tuple[Manifest, ...]:
    """Return the manifests of a campaign's windows as those of one measurement: few windows cut short or late
    do not weaken it."""
    weak = {one.run_id for one in manifests if run_weaknesses(one)}
    if len(weak) > TOLERATED * len(manifests):
        return tuple(manifests)
    return tuple(
        replace(one, status="complete", status_reason=None, grade="WARN") if one.run_id in weak else one
        for one in manifests
    )
