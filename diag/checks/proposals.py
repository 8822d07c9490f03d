"""Whether numbers proposed to Terraform have arrived: the org's timeout is the one proposed, or not yet."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from analysis.format.action_facts import ActionFacts
from analysis.moment_words import utc_time
from analysis.number_words import plural
from analysis.verdicts.recommendation import Analysis
from diag.changes.journal.journal_line import JournalLine, latest_by_entry
from diag.changes.undo_plan import wrote


class Arrival(StrEnum):
    """How far a proposal is."""

    ARRIVED = "arrived"
    NOT_YET = "not yet"
    UNKNOWN = "unknown"
    """The timeouts that are known are older than the proposal."""
    NO_ACTION = "no action"
    """The org no longer has the action, nor exactly one other of its name."""


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
    """Unknown where the timeouts that are known are older than the proposal; no action where the org has
    neither the action nor one other of its name."""

    @property
    def sentence(self) -> str:
        """Return what there is to say of it, without its full stop."""
        proposed = f"{self.proposed_s} s, proposed to Terraform on {utc_time(self.proposed_at)},"
        match self.arrival:
            case Arrival.ARRIVED:
                return f"{proposed} is in the org"
            case Arrival.NOT_YET:
                return f"{proposed} is not in the org yet, which has {self.now_s} s"
            case Arrival.NO_ACTION:
                return (
                    f"{proposed} cannot arrive: the org no longer has this action, nor exactly one other of "
                    "its name (propose it anew, or leave it out with --skip)"
                )
            case _:
                return f"whether {proposed} has arrived is not known: --live asks the org"


def proposals_of(
    lines: Sequence[JournalLine],
    analysis: Analysis,
    known_at: float | None,
    org: Mapping[str, ActionFacts] | None = None,
) -> tuple[ProposalState, ...]:
    """Return the newest proposal of each action that was judged, unless diag itself has changed it since.

    The analysis has the org's timeouts as they were at `known_at` (None: as they are now). With `org`, read
    just now, each action of it counts as judged. Terraform deletes an action and makes it anew where its
    contract changes: what was proposed before is about the one other of that name, and returned under its id.
    """
    timeouts = {item.action_id: item.current_timeout_s for item in analysis.actions}
    if org is None:
        newest = _newest([line for line in lines if line.action_id in timeouts], analysis)
        return tuple(_state(line, timeouts[line.action_id], known_at) for line in newest)
    timeouts = {one: timeouts.get(one, facts.current_timeout_s) for one, facts in org.items()}
    return tuple(
        _state(line, timeouts[line.action_id], known_at)
        if line.action_id in org
        else _proposal(line, None, Arrival.NO_ACTION)
        for line in _newest(_as_made_anew(lines, org), analysis)
    )


def _as_made_anew(lines: Sequence[JournalLine], org: Mapping[str, ActionFacts]) -> list[JournalLine]:
    """The lines, those of an action that is gone as of the one other of its name; without exactly one, as of
    the last that had the name."""
    names = Counter(facts.action_name for facts in org.values())
    last = {line.action_name: line.action_id for line in lines if line.action_id not in org}
    last |= {name: one for one, facts in org.items() if (name := facts.action_name) and names[name] == 1}
    return [
        line if line.action_id in org else replace(line, action_id=last[line.action_name]) for line in lines
    ]


def _newest(lines: Sequence[JournalLine], analysis: Analysis) -> tuple[JournalLine, ...]:
    newest: dict[str, JournalLine] = {}
    for line in sorted(latest_by_entry(lines).values(), key=lambda line: line.at):
        if (line.org_id, line.host) == (analysis.org_id, analysis.host):
            if line.proposes:
                newest[line.action_id] = line
            elif wrote(line):
                newest.pop(line.action_id, None)
    return tuple(newest.values())


def _state(line: JournalLine, now_s: int | None, known_at: float | None) -> ProposalState:
    if now_s == line.after_timeout_s:
        arrival = Arrival.ARRIVED
    elif now_s is None or (known_at is not None and known_at < line.at):
        arrival = Arrival.UNKNOWN
    else:
        arrival = Arrival.NOT_YET
    return _proposal(line, now_s, arrival)


def _proposal(line: JournalLine, now_s: int | None, arrival: Arrival) -> ProposalState:
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
