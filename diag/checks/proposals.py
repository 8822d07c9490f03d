"""Whether numbers proposed to Terraform have arrived: the org's timeout is the one proposed, or not yet."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from analysis.format.action_facts import ActionFacts
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
    lines: Sequence[JournalLine], analysis: Analysis, known_at: float | None
) -> tuple[ProposalState, ...]:
    """Return the newest proposal of each action that was judged, unless diag itself has changed it since.

    The analysis has the org's timeouts as they were at `known_at` (None: as they are now).
    """
    timeouts = {item.action_id: item.current_timeout_s for item in analysis.actions}
    return tuple(
        _state(line, timeouts[line.action_id], known_at)
        for line in _newest(lines, analysis)
        if line.action_id in timeouts
    )


def proposals_of_gone_actions(
    lines: Sequence[JournalLine], analysis: Analysis, org: Mapping[str, ActionFacts]
) -> tuple[ProposalState, ...]:
    """Return the newest proposal of each name whose action this org, read just now, no longer has.

    Terraform deletes an action and makes it anew where its contract changes: what was proposed then holds for
    the one other action of that name, under whose id it is returned, unless something was proposed for that
    or diag changed it since.
    """
    names = Counter(facts.action_name for facts in org.values())
    anew = {facts.action_name: facts for facts in org.values() if names[facts.action_name] == 1}
    changed = _last_changed(lines, analysis)
    newest = {line.action_name: line for line in _newest(lines, analysis) if line.action_id not in org}
    found = []
    for line in newest.values():
        now = anew.get(line.action_name)
        if now is None:
            found.append(_proposal(line, None, Arrival.NO_ACTION))
        elif changed.get(now.action_id, 0.0) <= line.at:
            found.append(_state(replace(line, action_id=now.action_id), now.current_timeout_s, None))
    return tuple(found)


def _last_changed(lines: Sequence[JournalLine], analysis: Analysis) -> dict[str, float]:
    """When diag last proposed or wrote a number of each action of this org."""
    changed: dict[str, float] = {}
    for line in latest_by_entry(lines).values():
        if (line.org_id, line.host) == (analysis.org_id, analysis.host) and (line.proposes or wrote(line)):
            changed[line.action_id] = max(changed.get(line.action_id, 0.0), line.at)
    return changed


def _newest(lines: Sequence[JournalLine], analysis: Analysis) -> Sequence[JournalLine]:
    newest: dict[str, JournalLine] = {}
    for line in latest_by_entry(lines).values():
        if (line.org_id, line.host) == (analysis.org_id, analysis.host):
            if line.proposes:
                newest[line.action_id] = line
            elif wrote(line):
                newest.pop(line.action_id, None)
    return tuple(sorted(newest.values(), key=lambda line: line.at))


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
