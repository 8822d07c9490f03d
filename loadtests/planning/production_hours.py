"""When production calls the actions of a run: as the workload states it, else as the org's telemetry says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.format.action_facts import ProductionWeek
from diag.choice.choose_actions import Candidate
from diag.choice.turns_file import WindowOrder
from diag.production.org_weeks import OrgToAsk


@dataclass(frozen=True, slots=True)
class ProductionHours:
    """When production calls the actions, by id; `read`: as `ActionFacts.production_read`."""

    known: Mapping[str, ProductionWeek]
    read: bool | None


def production_hours(
    candidates: Sequence[Candidate], order: WindowOrder | None, org: OrgToAsk | None
) -> ProductionHours:
    """Return what is known; `org` None: nobody is asked.

    In a window of a campaign by the telemetry of its beginning, where that was read.
    """
    stated = {
        each.action.id: each.entry.production_week
        for each in candidates
        if each.entry.production_week is not None
    }
    if order is not None and order.production_weeks is not None:
        return ProductionHours({**order.production_weeks, **stated}, read=True)
    if org is None:
        return ProductionHours(stated, read=None)
    found = org.weeks([each.action.id for each in candidates], stated)
    return ProductionHours(stated if found is None else found, read=found is not None)


def folders_of_runs(runs: Path | None, turns: Path | None) -> list[Path]:
    """Return where runs and campaigns lie: the campaign of a window (`turns`: its file) may lie elsewhere."""
    folders = [] if runs is None else [runs]
    window = None if turns is None else Path(turns).resolve().parent
    if window is not None and window.parent.name == "windows":
        folders.append(window.parent.parent.parent)
    return folders
