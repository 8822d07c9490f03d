"""When production calls the actions of a run: as the workload states it, else as the org's telemetry says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.format.action_facts import ActionFacts, ProductionWeek
from diag.choice.choose_actions import Candidate
from diag.choice.turns_file import WindowOrder
from diag.production.org_to_ask import OrgToAsk


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


def hours_not_read(facts: Iterable[ActionFacts]) -> tuple[str, ...]:
    """Return a sentence where the org was asked when production calls the actions and did not answer."""
    if not any(one.production_read is False for one in facts):
        return ()
    return ("when production calls could not be read, so no hour of this run counts more than another",)


def folders_of_runs(runs: Path | None, turns: Path | None) -> list[Path]:
    """Return where runs and campaigns lie: the campaign of a window (`turns`: its file) may lie elsewhere."""
    folders = [] if runs is None else [runs]
    window = None if turns is None else Path(turns).resolve().parent
    if window is not None and window.parent.name == "windows":
        folders.append(window.parent.parent.parent)
    return folders
