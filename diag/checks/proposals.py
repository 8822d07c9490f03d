"""Whether numbers proposed to Terraform have arrived: the org's timeout is the one proposed, or not yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.number_words import plural, utc_time
from analysis.verdicts.recommendation import Analysis
from diag.changes.journal.journal_line import JournalLine, latest_by_entry
from diag.changes.undo_plan import wrote


class Arrival(StrEnum):
    """How far a proposal is."""

    ARRIVED = "arrived"
    NOT_YET = "not yet"
    UNKNOWN = "unknown"
    """The timeouts that are known are older than the proposal."""


@dataclass(frozen=True, slots=True)
class ProposalState:
    """One action's newest proposal; times in Unix seconds, timeouts in seconds."""

    action_id: str
    action_name: str
    entry: str
    """Of the journal."""
    proposed_at: float
    proposed_s: int
    now_s: int | None
    """The org's timeout in force; None: unknown."""
    arrival: Arrival
    """Unknown where the timeouts that are known are older than the proposal."""

    @property
    def sentence(self) -> str:
        """Return what there is to say of it, without its full stop."""
        proposed = f"{self.proposed_s} s, proposed to Terraform on {utc_time(self.proposed_at)},"
        match self.arrival:
            case Arrival.ARRIVED:
                return f"{proposed} is in the org"
            case Arrival.NOT_YET:
                return f"{proposed} is not in the org yet, which has {self.now_s} s"
            case _:
                return f"whether {proposed} has arrived is not known: --live asks the org"


def proposals_of(
    lines: Sequence[JournalLine], analysis: Analysis, known_at: float | None
) -> tuple[ProposalState, ...]:
    """Return the newest proposal of each action that was judged, unless diag itself has changed it since.

    The analysis has the org's timeouts as they were at `known_at` (None: as they are now).
    """
    newest: dict[str, JournalLine] = {}
    for line in latest_by_entry(lines).values():
        if (line.org_id, line.host) == (analysis.org_id, analysis.host):
            if line.proposes:
                newest[line.action_id] = line
            elif wrote(line):
                newest.pop(line.action_id, None)
    timeouts = {item.action_id: item.current_timeout_s for item in analysis.actions}
    return tuple(
        _state(line, timeouts[action_id], known_at)
        for action_id, line in newest.items()
        if action_id in timeouts
    )


def _state(line: JournalLine, now_s: int | None, known_at: float | None) -> ProposalState:
    if now_s == line.after_timeout_s:
        arrival = Arrival.ARRIVED
    elif now_s is None or (known_at is not None and known_at < line.at):
        arrival = Arrival.UNKNOWN
    else:
        arrival = Arrival.NOT_YET
    return ProposalState(
        line.action_id, line.action_name, line.entry, line.at, line.after_timeout_s, now_s, arrival
    )


def arrival_lines(states: Sequence[ProposalState]) -> list[str]:
    """Return one line for each that has not arrived, and how many have."""
    lines = [f"{one.action_name}: {one.sentence}." for one in states if one.arrival is not Arrival.ARRIVED]
    arrived = len(states) - len(lines)
    if arrived:
        are = "has" if arrived == 1 else "have"
        lines.append(f"{arrived} of {plural(len(states), 'proposal')} to Terraform {are} arrived in the org.")
    return lines
