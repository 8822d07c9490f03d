"""Architect flows in Markdown and as lines of text: what timeouts move, and the longest wait of each."""

from collections.abc import Iterator
from typing import Final

from analysis.flows.flow_view import FlowsShown, FlowView
from analysis.flows.flow_words import UNKNOWN_PATH, further_rounds, wait_words
from analysis.flows.path_warnings import alike_together
from analysis.name_lists import reason_lines
from analysis.number_words import noun
from analysis.plain_text import markdown

MOST_AS_TEXT: Final = 30
"""Flows, and moves, that a terminal gets, those that change first; the others are counted."""


def flows_in_markdown(shown: FlowsShown | None) -> list[str]:
    """Return the lines of the section; nothing where no flow was read."""
    if shown is None:
        return []
    lines = ["", "## Flows", ""]
    lines += [f"- **Moves:** {markdown(one.sentence)}" for one in alike_together(shown.warnings)]
    lines += [
        f"- **{markdown(view.flow.name)}** ({markdown(view.flow.type)}): {markdown(_waits(view))}"
        for view in shown.views
    ]
    lines += [f"- Not read: {markdown(line)}" for line in _unread(shown)]
    return [*lines, "", markdown(UNKNOWN_PATH)]


def flows_as_text(shown: FlowsShown | None) -> list[str]:
    """Return the same for a terminal, those that change first; nothing where no flow was read."""
    return [] if shown is None else list(_text(shown))


def _text(shown: FlowsShown) -> Iterator[str]:
    yield "Flows: the longest a caller waits in each for actions"
    moves = alike_together(shown.warnings)
    yield from (f"Moves: {one.sentence}" for one in moves[:MOST_AS_TEXT])
    yield from _more(len(moves), "move")
    views = sorted(shown.views, key=lambda view: not view.changes)
    yield from (f"{view.flow.name} ({view.flow.type}): {_waits(view)}" for view in views[:MOST_AS_TEXT])
    yield from _more(len(views), "flow")
    yield from (f"Not read: {line}" for line in _unread(shown))
    yield UNKNOWN_PATH


def _more(count: int, what: str) -> Iterator[str]:
    left = count - MOST_AS_TEXT
    if left > 0:
        yield f"and {left} more {noun(left, what)}: --format md lists them"


def _unread(shown: FlowsShown) -> tuple[str, ...]:
    return tuple(reason_lines(((one.name, one.why) for one in shown.unread), "flow"))


def _waits(view: FlowView) -> str:
    now, then = wait_words(view.wait), wait_words(view.then_wait)
    return (now if now == then else f"{now}, then {then}") + further_rounds(view.then_wait)
