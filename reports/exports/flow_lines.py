"""Architect flows in Markdown: what the recommended timeouts move, and the longest wait of each."""

from analysis.flows.flow_view import FlowsShown, FlowView
from analysis.flows.flow_words import UNKNOWN_PATH, further_rounds, wait_words
from analysis.flows.path_warnings import alike_together
from analysis.number_words import reason_lines
from analysis.plain_text import markdown


def flows_in_markdown(shown: FlowsShown | None) -> list[str]:
    """Return the lines of the section; nothing where no flow was read."""
    if shown is None:
        return []
    lines = ["", "## Flows", ""]
    lines += [f"- **Moves:** {markdown(one.sentence)}" for one in alike_together(shown.warnings)]
    lines += [_line(view) for view in shown.views]
    unread = reason_lines(((one.name, one.why) for one in shown.unread), "flow")
    lines += [f"- Not read: {markdown(line)}" for line in unread]
    return [*lines, "", markdown(UNKNOWN_PATH)]


def _line(view: FlowView) -> str:
    now, then = wait_words(view.wait), wait_words(view.then_wait)
    waits = (now if now == then else f"{now}, then {then}") + further_rounds(view.then_wait)
    return f"- **{markdown(view.flow.name)}** ({markdown(view.flow.type)}): {markdown(waits)}"
