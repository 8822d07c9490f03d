"""The report's section on Architect flows: what the template needs, the flows that change first."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, TypedDict

from analysis.flows.flow import FlowStep
from analysis.flows.flow_view import FlowsShown, FlowView, StepView
from analysis.flows.flow_words import doubts, path_words, waits_by
from analysis.flows.path_warnings import MovedCalls, alike_together, named
from analysis.name_lists import reason_lines

OPEN_FLOWS: Final = 5
"""Flows that change are shown open, but not more than so many."""
FIRST_FLOWS: Final = 30
"""Flows that are listed, those that change first; the others lie behind one line."""
MOST_MOVES: Final = 12


def flows_view(shown: FlowsShown | None) -> dict[str, object] | None:
    """Return what the template needs, None where no flow was read."""
    if shown is None:
        return None
    views = list(enumerate(shown.views))
    moved = {warning.flow for warning in shown.warnings}
    moves = alike_together(shown.warnings)

    def turned(view: FlowView) -> bool:
        return view.changes or view.flow.name in moved

    listed = sorted(views, key=lambda one: not turned(one[1]))
    return {
        "count": len(views),
        "changes": any(turned(view) for view in shown.views),
        "moves": list(enumerate(moves[:MOST_MOVES])),
        "more_moves": _more_moves(moves),
        "first": [
            _flow(at, view, is_open=place < OPEN_FLOWS and bool(view.changes))
            for place, (at, view) in enumerate(listed[:FIRST_FLOWS])
        ],
        "others": [_flow(at, view, is_open=False) for at, view in listed[FIRST_FLOWS:]],
        "voice": any(view.flow.is_voice for _, view in views),
        "read_at": shown.read_at,
        "read_text": None
        if shown.read_at is None
        else f"{datetime.fromtimestamp(shown.read_at, UTC):%Y-%m-%d %H:%M:%S} UTC",
        "unread": reason_lines(((one.name, one.why) for one in shown.unread), "flow"),
    }


class FlowCounts(TypedDict, total=False):
    """The counts that the section on flows shows; nothing where none were read."""

    flow_count: int
    flow_moves_more: int
    """Moves that the page does not list."""
    flows_below: int
    """Flows that the page shows folded."""


def counts_for_json(shown: FlowsShown | None) -> FlowCounts:
    """Return the counts that the section shows, for the report's JSON."""
    if shown is None:
        return {}
    return {
        "flow_count": len(shown.views),
        "flow_moves_more": _more_moves(alike_together(shown.warnings)),
        "flows_below": max(0, len(shown.views) - FIRST_FLOWS),
    }


def _more_moves(moves: Sequence[MovedCalls]) -> int:
    return max(0, len(moves) - MOST_MOVES)


def _flow(at: int, view: FlowView, *, is_open: bool) -> dict[str, object]:
    flow = view.flow
    return {
        "at": f"/flows/{at}",
        "name": flow.name,
        "type": flow.type if flow.where is None else f"{flow.type}, {flow.where}",
        "open": is_open,
        "certain": view.wait.certain and view.then_wait.certain,
        "now_s": view.wait.ms / 1000,
        "then_s": view.then_wait.ms / 1000,
        "repeats": named(view.wait.repeats),
        "voice": flow.is_voice,
        "steps": [_step(step) for step in view.steps],
        "not_known": doubts(view),
    }


def _step(view: StepView) -> dict[str, object]:
    step: FlowStep = view.step
    ends = view.bites if view.bites == view.then_bites else f"{view.bites}, then {view.then_bites}"
    return {
        "name": step.name,
        "action": step.action_name,
        "waits_by": waits_by(view),
        "ends_at": ends,
        "now_s": view.wait.ms / 1000,
        "then_s": view.then_wait.ms / 1000,
        "silence_s": view.wait.silence_ms / 1000,
        "failure": path_words(step.failure, step),
        "timeout": path_words(step.timeout, step),
    }
